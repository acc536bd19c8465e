/* SPDX-License-Identifier: MIT */
/*
 * UTF-8 and UTF-16 by their definitions (RFC 3629, RFC 2781), but that the code points of UTF-16's halves are let through.
 */
#include "stop7b/utf.h"

static unsigned length_of(uint8_t lead)
{
	if (lead < 0x80)
		return 1;
	if (lead < 0xc2 || lead > 0xf4)
		return 0;
	return lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}

uint32_t utf8_next(struct span s, size_t *at)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	uint8_t lead = u8(s, *at);
	unsigned n = length_of(lead);
	if (n == 0 || !span_holds(s, *at, n))
		return UTF_BAD;
	uint32_t c = n == 1 ? lead : lead & (0x7fu >> n);
	for (unsigned i = 1; i < n; i++) {
		uint8_t byte = u8(s, *at + i);
		if ((byte & 0xc0) != 0x80)
			return UTF_BAD;
		c = c << 6 | (byte & 0x3fu);
	}
	if (c < least[n] || c >= UTF_END)
		return UTF_BAD;
	*at += n;
	return c;
}

char *utf8_put(char *p, uint32_t c)
{
	static const uint8_t leads[] = {0, 0, 0xc0, 0xe0, 0xf0};
	unsigned n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
	for (unsigned i = n; i-- > 1; c >>= 6)
		p[i] = (char)(0x80 | (c & 0x3f));
	*p = (char)(leads[n] | c);
	return p + n;
}

uint32_t utf16_pair(uint32_t high, uint32_t low)
{
	if (high < 0xd800 || high >= 0xdc00 || low < 0xdc00 || low >= 0xe000)
		return 0;
	return 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
}

uint32_t utf16_next(struct span s, size_t *at)
{
	uint32_t c = le16(s, *at), pair = utf16_pair(c, le16(s, *at + 2));
	*at += pair ? 4 : 2;
	return pair ? pair : c;
}

uint8_t *utf16_put(uint8_t *p, uint32_t c)
{
	if (c >= 0x10000) {
		put_le16(p, (uint16_t)(0xd800 + ((c - 0x10000) >> 10)));
		p += 2;
		c = 0xdc00 + ((c - 0x10000) & 0x3ff);
	}
	put_le16(p, (uint16_t)c);
	return p + 2;
}
