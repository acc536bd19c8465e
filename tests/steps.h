/* SPDX-License-Identifier: MIT */
/*
 * Work counted in steps, so that "linear" and "no hang" are asked without a clock. A step is a
 * checked read of the bytes at hand (le16, le32, span_sub). Programs that include this are linked
 * with the registry as it counts them: $(counted) of Makefile.am.
 */
#ifndef STOP7B_STEPS_H
#define STOP7B_STEPS_H

#include <stdint.h>

extern uint64_t steps;
uint64_t steps; /* so far; the tests set it back */

#endif
