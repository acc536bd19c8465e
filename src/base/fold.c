/* SPDX-License-Identifier: MIT */
/*
 * Capitals by a table of this file, so that the locale of the session cannot change which file or
 * path is found. Windows compares names by the $UpCase table of a volume or by one of the system;
 * the tables differ between versions, but not in these letters.
 */
#include "stop7b/fold.h"

#include <stddef.h>

/* Small letters whose capitals lie a fixed distance before them. */
static const struct {
	uint16_t first, last;
	int16_t distance;
	uint16_t step;
} folds[] = {
	{0xe0, 0xf6, 32, 1},     {0xf8, 0xfe, 32, 1},   {0xff, 0xff, -121, 1},
	{0x101, 0x12f, 1, 2},    {0x133, 0x137, 1, 2},  {0x13a, 0x148, 1, 2},
	{0x14b, 0x177, 1, 2},    {0x17a, 0x17e, 1, 2},  {0x3b1, 0x3c1, 32, 1},
	{0x3c3, 0x3cb, 32, 1},   {0x430, 0x44f, 32, 1}, {0x450, 0x45f, 80, 1},
	{0xff41, 0xff5a, 32, 1},
};

uint32_t fold_upper_other(uint32_t code_point)
{
	for (size_t i = 0; i < sizeof(folds) / sizeof(folds[0]); i++) {
		if (code_point >= folds[i].first && code_point <= folds[i].last &&
		    (code_point - folds[i].first) % folds[i].step == 0)
			return code_point - (uint32_t)folds[i].distance;
	}
	return code_point;
}
