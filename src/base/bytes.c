/* SPDX-License-Identifier: MIT */
/*
 * Checked reads of little- and big-endian numbers, and the checksums the formats use.
 * A read outside its span gives 0 and touches nothing.
 */
#include "stop7b/bytes.h"

#include <limits.h>
#include <nettle/sha2.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <zlib.h>

static uint64_t read_be(struct span s, uint64_t off, unsigned n)
{
	if (!span_holds(s, off, n))
		return 0;
	uint64_t v = 0;
	for (unsigned i = 0; i < n; i++)
		v = v << 8 | s.p[off + i];
	return v;
}

uint16_t be16(struct span s, uint64_t off)
{
	return (uint16_t)read_be(s, off, 2);
}

uint32_t be32(struct span s, uint64_t off)
{
	return (uint32_t)read_be(s, off, 4);
}

uint64_t be64(struct span s, uint64_t off)
{
	return read_be(s, off, 8);
}

static void put_le(uint8_t *p, uint64_t v, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		p[i] = (uint8_t)(v >> (8 * i));
}

static void put_be(uint8_t *p, uint64_t v, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		p[n - 1 - i] = (uint8_t)(v >> (8 * i));
}

void put_le16(uint8_t *p, uint16_t v)
{
	put_le(p, v, 2);
}

void put_le32(uint8_t *p, uint32_t v)
{
	put_le(p, v, 4);
}

void put_le64(uint8_t *p, uint64_t v)
{
	put_le(p, v, 8);
}

void put_be32(uint8_t *p, uint32_t v)
{
	put_be(p, v, 4);
}

uint32_t crc32_of(struct span s)
{
	uLong crc = crc32(0, NULL, 0);
	while (s.len > 0) {
		uInt step = s.len > UINT_MAX ? UINT_MAX : (uInt)s.len;
		crc = crc32(crc, s.p, step);
		s.p += step;
		s.len -= step;
	}
	return (uint32_t)crc;
}

void sha256_of(struct span s, uint8_t out[SHA256_LEN])
{
	struct sha256_ctx ctx;
	sha256_init(&ctx);
	sha256_update(&ctx, s.len, s.p);
	sha256_digest(&ctx, SHA256_LEN, out);
}

void guid_text(struct span s, uint64_t off, char out[GUID_TEXT])
{
	snprintf(out, GUID_TEXT, "%08x-%04x-%04x-%02x%02x-%02x%02x%02x%02x%02x%02x", le32(s, off),
		 le16(s, off + 4), le16(s, off + 6), u8(s, off + 8), u8(s, off + 9),
		 u8(s, off + 10), u8(s, off + 11), u8(s, off + 12), u8(s, off + 13),
		 u8(s, off + 14), u8(s, off + 15));
}

void uuid_text(struct span s, uint64_t off, char out[GUID_TEXT])
{
	snprintf(out, GUID_TEXT, "%08x-%04x-%04x-%04x-%04x%08x", be32(s, off), be16(s, off + 4),
		 be16(s, off + 6), be16(s, off + 8), be16(s, off + 10), be32(s, off + 12));
}

#define FILETIME_PER_SECOND 10000000u
#define FILETIME_TO_UNIX    11644473600u /* seconds from 1601-01-01 to 1970-01-01 */

void filetime_text(uint64_t filetime, char out[TIME_TEXT])
{
	out[0] = '\0';
	if (filetime == 0)
		return;
	time_t seconds = (time_t)(filetime / FILETIME_PER_SECOND) - (time_t)FILETIME_TO_UNIX;
	struct tm tm;
	if (gmtime_r(&seconds, &tm) && tm.tm_year <= 9999 - 1900)
		strftime(out, TIME_TEXT, "%Y-%m-%dT%H:%M:%SZ", &tm);
}

uint64_t filetime_now(void)
{
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	return ((uint64_t)now.tv_sec + FILETIME_TO_UNIX) * FILETIME_PER_SECOND +
	       (uint64_t)now.tv_nsec / 100;
}
