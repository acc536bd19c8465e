/* SPDX-License-Identifier: MIT */
/*
 * The headers of VHDX. Each of the two has a checksum and a sequence number; the sound one with
 * the greater number counts, so that a header torn by a crash does no harm. They are the only
 * structures that never go through the log, and the log cannot be found without them.
 *
 * Source: [MS-VHDX] 2.2.2.
 */
#include "vhdx_header.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/random.h>

#include "vhdx_file.h"

#define SIGNATURE     "head"
#define SIGNATURE_LEN 4u

#define AT_CHECKSUM    4
#define AT_SEQUENCE    8
#define AT_FILE_WRITE  16
#define AT_DATA_WRITE  32
#define AT_LOG_ID      48
#define AT_LOG_VERSION 64
#define AT_VERSION     66
#define AT_LOG_LEN     68
#define AT_LOG_AT      72

#define VERSION     1
#define LOG_VERSION 0

static const uint64_t places[VHDX_HEADERS] = {0x10000, 0x20000};

uint64_t vhdx_header_at(unsigned index)
{
	return places[index];
}

static struct span header_span(const struct vhdx_headers *h, unsigned index)
{
	return (struct span){h->raw[index], VHDX_HEADER_LEN};
}

/* CRC-32C of a header, its own four bytes counted as zero. */
static uint32_t checksum(struct span raw)
{
	static const uint8_t zero[4];
	uint32_t crc = crc32c_of(span_sub(raw, 0, AT_CHECKSUM));
	crc = crc32c_more(crc, (struct span){zero, sizeof(zero)});
	return crc32c_more(crc, span_sub(raw, AT_SEQUENCE, raw.len - AT_SEQUENCE));
}

static bool sound(struct span raw)
{
	return memcmp(raw.p, SIGNATURE, SIGNATURE_LEN) == 0 &&
	       le32(raw, AT_CHECKSUM) == checksum(raw);
}

/* Equal numbers say nothing about which is newer, unless both headers are the same. */
static int choose(struct vhdx_headers *h, struct err *err)
{
	if (h->damaged[0] && h->damaged[1])
		return err_set(err, E_CORRUPT,
			       "VHDX headers at 0x%" PRIx64 " and 0x%" PRIx64
			       ": signature or checksum wrong in both",
			       places[0], places[1]);
	uint64_t first = le64(header_span(h, 0), AT_SEQUENCE);
	uint64_t second = le64(header_span(h, 1), AT_SEQUENCE);
	h->current = h->damaged[0] || (!h->damaged[1] && second > first) ? 1 : 0;
	if (h->damaged[0] || h->damaged[1] || first != second ||
	    memcmp(h->raw[0], h->raw[1], VHDX_HEADER_LEN) == 0)
		return 0;
	return err_set(err, E_CORRUPT,
		       "VHDX headers at 0x%" PRIx64 " and 0x%" PRIx64
		       ": both have sequence number %" PRIu64 " but they differ",
		       places[0], places[1], first);
}

static bool is_zero(const uint8_t *p, size_t len)
{
	return p[0] == 0 && memcmp(p, p + 1, len - 1) == 0;
}

static int check_versions(struct span raw, uint64_t at, bool log_used, struct err *err)
{
	if (le16(raw, AT_VERSION) != VERSION)
		return err_set(err, E_UNSUPPORTED,
			       "VHDX header at 0x%" PRIx64 ": version %u is not %u", at,
			       le16(raw, AT_VERSION), VERSION);
	if (log_used && le16(raw, AT_LOG_VERSION) != LOG_VERSION)
		return err_set(err, E_UNSUPPORTED,
			       "VHDX header at 0x%" PRIx64 ": log version %u is not %u", at,
			       le16(raw, AT_LOG_VERSION), LOG_VERSION);
	return 0;
}

static int check_log_place(const struct vhdx_header *h, uint64_t at, uint64_t file_size,
			   struct err *err)
{
	uint64_t end;
	bool none = h->log_len == 0 && !h->log_used;
	if (none || (h->log_len > 0 && h->log_len % VHDX_MIB == 0 && h->log_at % VHDX_MIB == 0 &&
		     h->log_at >= VHDX_MIB &&
		     !__builtin_add_overflow(h->log_at, h->log_len, &end) && end <= file_size))
		return 0;
	return err_set(err, E_CORRUPT,
		       "VHDX header at 0x%" PRIx64 ": no place for a log of %u bytes at 0x%" PRIx64,
		       at, h->log_len, h->log_at);
}

static int parse_current(struct vhdx_headers *h, uint64_t file_size, struct err *err)
{
	struct span raw = header_span(h, h->current);
	struct vhdx_header *out = &h->header;
	uint64_t at = places[h->current];
	*out = (struct vhdx_header){
		.sequence = le64(raw, AT_SEQUENCE),
		.log_len = le32(raw, AT_LOG_LEN),
		.log_at = le64(raw, AT_LOG_AT),
	};
	memcpy(out->log_id, raw.p + AT_LOG_ID, VHDX_GUID_LEN);
	out->log_used = !is_zero(out->log_id, VHDX_GUID_LEN);
	guid_text(raw, AT_DATA_WRITE, out->data_id);
	if (check_versions(raw, at, out->log_used, err) < 0)
		return -1;
	return check_log_place(out, at, file_size, err);
}

int vhdx_headers_read(struct image_file *f, struct vhdx_headers *out, struct err *err)
{
	for (unsigned i = 0; i < VHDX_HEADERS; i++) {
		if (image_file_read(f, places[i], out->raw[i], VHDX_HEADER_LEN, err) < 0)
			return err_at(err, "VHDX header");
		out->damaged[i] = !sound(header_span(out, i));
	}
	if (choose(out, err) < 0)
		return -1;
	return parse_current(out, image_file_size(f), err);
}

/* ---- before writing ---- */

/* A random GUID of RFC 4122's version 4, in Windows' byte order. */
static int new_guid(uint8_t out[VHDX_GUID_LEN], struct err *err)
{
	ssize_t got;
	do
		got = getrandom(out, VHDX_GUID_LEN, 0);
	while (got < 0 && errno == EINTR);
	if (got != VHDX_GUID_LEN)
		return err_set(err, E_IO, "no random bytes for the VHDX write identifiers");
	out[7] = (uint8_t)((out[7] & 0x0f) | 0x40);
	out[8] = (uint8_t)((out[8] & 0x3f) | 0x80);
	return 0;
}

bool vhdx_headers_can_update(const struct vhdx_headers *h)
{
	return h->header.sequence <= UINT64_MAX - VHDX_HEADERS;
}

int vhdx_headers_update(const struct vhdx_headers *h, uint8_t out[VHDX_HEADERS][VHDX_HEADER_LEN],
			struct err *err)
{
	uint8_t file_id[VHDX_GUID_LEN], data_id[VHDX_GUID_LEN];
	if (!vhdx_headers_can_update(h))
		return err_set(err, E_UNSUPPORTED, "VHDX header: no sequence number is left");
	if (new_guid(file_id, err) < 0 || new_guid(data_id, err) < 0)
		return -1;
	for (unsigned i = 0; i < VHDX_HEADERS; i++) {
		uint8_t *p = out[i];
		memcpy(p, h->raw[h->current], VHDX_HEADER_LEN);
		/* the one that does not count is replaced first */
		put_le64(p + AT_SEQUENCE, h->header.sequence + (i == h->current ? 2 : 1));
		memcpy(p + AT_FILE_WRITE, file_id, VHDX_GUID_LEN);
		memcpy(p + AT_DATA_WRITE, data_id, VHDX_GUID_LEN);
		memset(p + AT_LOG_ID, 0, VHDX_GUID_LEN);
		put_le32(p + AT_CHECKSUM, checksum((struct span){p, VHDX_HEADER_LEN}));
	}
	return 0;
}
