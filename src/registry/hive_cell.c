/* SPDX-License-Identifier: MIT */
/*
 * The frame of a hive: base block, bins, and the one accessor that every cell is read through.
 *
 * A cell is believed when its offset is aligned and inside the bins, when it is allocated and
 * when its size is aligned, inside the bins and large enough for the record it shall hold. Bins
 * are checked once, at open, by following the chain of their headers: a few thousand small reads
 * for the largest hives. A broken chain is remembered, not fatal: cells are found by offset, so
 * the keys in sound bins can still be shown. Whether a cell crosses the end of its bin is not
 * asked here; a reader has nothing to fear from it.
 *
 * Source: msuhanov/regf, "Windows registry file format specification".
 */
#include "hive_internal.h"

#include <inttypes.h>
#include <string.h>

#define MAJOR         1u
#define MINOR_MIN     3u /* 1.1 and 1.2 (NT 3.x) have other records */
#define FILE_PRIMARY  0u /* other types are logs */
#define FORMAT_DIRECT 1u /* the only file format there is */

enum {
	BIN_OFFSET_AT = 4,
	BIN_SIZE_AT = 8,
	NK_CELL_LEAST = CELL_HEADER + NK_SIZE,
	VK_CELL_LEAST = CELL_HEADER + VK_SIZE,
};

uint32_t hive_checksum(struct span base_block)
{
	uint32_t sum = 0;
	for (uint32_t at = 0; at < BASE_CHECKSUM_AT; at += 4)
		sum ^= le32(base_block, at);
	if (sum == 0xffffffff)
		return 0xfffffffe;
	return sum == 0 ? 1 : sum;
}

uint32_t hive_keys_max(const struct hive *h)
{
	return h->bins_size / NK_CELL_LEAST;
}

uint32_t hive_values_max(const struct hive *h)
{
	return h->bins_size / VK_CELL_LEAST;
}

#define LOG_MARK_AT 512u /* what follows the copy of a base block in a log */

static int check_signature(struct span bytes, struct err *err)
{
	if (!span_holds(bytes, 0, 4) || memcmp(bytes.p, "regf", 4) != 0)
		return err_set(err, E_FORMAT, "not a registry hive: no regf signature in %zu bytes",
			       bytes.len);
	if (span_holds(bytes, LOG_MARK_AT, 4) && (memcmp(bytes.p + LOG_MARK_AT, "DIRT", 4) == 0 ||
						  memcmp(bytes.p + LOG_MARK_AT, "HvLE", 4) == 0))
		return err_set(err, E_FORMAT, "a transaction log of a hive, not the hive itself");
	if (bytes.len < HIVE_BASE)
		return err_set(err, E_CORRUPT, "hive of %zu bytes is shorter than its base block",
			       bytes.len);
	return 0;
}

void hive_sequences(struct span file, uint32_t out[2])
{
	out[0] = le32(file, BASE_PRIMARY_AT);
	out[1] = le32(file, BASE_SECONDARY_AT);
}

struct hive_range hive_range(enum hive_part part)
{
	return part == HIVE_BASE_BLOCK ? (struct hive_range){0, HIVE_BASE}
				       : (struct hive_range){HIVE_BASE + BIN_TIME_AT, 8};
}

static void read_base(struct hive *h)
{
	struct span s = h->bytes;
	hive_sequences(s, h->sequence);
	h->written = le64(s, BASE_TIME_AT);
	h->minor = le32(s, BASE_MINOR_AT);
	h->file_type = le32(s, BASE_TYPE_AT);
	h->root = le32(s, BASE_ROOT_AT);
	h->bins_size = le32(s, BASE_BINS_AT);
	h->clustering = le32(s, BASE_CLUSTERING_AT);
	h->flags = le32(s, BASE_FLAGS_AT);
	h->checksum_ok = le32(s, BASE_CHECKSUM_AT) == hive_checksum(s);
	h->dirty = !h->checksum_ok || h->sequence[0] != h->sequence[1];
}

static int check_version(const struct hive *h, struct err *err)
{
	uint32_t major = le32(h->bytes, BASE_MAJOR_AT), format = le32(h->bytes, BASE_FORMAT_AT);
	if (major != MAJOR || h->minor < MINOR_MIN)
		return err_set(err, E_UNSUPPORTED,
			       "hive version %u.%u, only 1.3 and later are read", major, h->minor);
	if (h->file_type != FILE_PRIMARY || format != FORMAT_DIRECT)
		return err_set(err, E_UNSUPPORTED,
			       "hive file type %u, format %u: not a primary file", h->file_type,
			       format);
	return 0;
}

static int check_size(const struct hive *h, struct err *err)
{
	uint64_t end = (uint64_t)HIVE_BASE + h->bins_size;
	if (end > h->bytes.len)
		return err_set(err, E_CORRUPT,
			       "truncated hive: its bins end at byte %" PRIu64 ", the file has %zu",
			       end, h->bytes.len);
	if (h->bins_size == 0 || h->bins_size % BIN_ALIGN != 0)
		return err_set(err, E_CORRUPT, "%u bytes of bins, not a multiple of %d",
			       h->bins_size, BIN_ALIGN);
	return 0;
}

/* Offset of the first bin header that breaks the chain, or HIVE_NONE. */
static uint32_t find_damaged_bin(const struct hive *h)
{
	uint32_t size;
	for (uint32_t at = 0; at < h->bins_size; at += size) {
		struct span bin = span_sub(h->bytes, (uint64_t)HIVE_BASE + at, BIN_HEADER);
		size = le32(bin, BIN_SIZE_AT);
		if (bin.len == 0 || memcmp(bin.p, "hbin", 4) != 0 ||
		    le32(bin, BIN_OFFSET_AT) != at || size == 0 || size % BIN_ALIGN != 0 ||
		    size > h->bins_size - at)
			return at;
	}
	return HIVE_NONE;
}

static int open_base(struct hive *h, struct err *err)
{
	if (check_signature(h->bytes, err))
		return -1;
	read_base(h);
	return check_version(h, err) || check_size(h, err) ? -1 : 0;
}

static int check_root(const struct hive *h, struct err *err)
{
	struct span nk;
	return hive_key_record(hive_root(h), &nk, err) ? err_at(err, "root key") : 0;
}

int hive_open(struct hive *h, struct span bytes, struct err *err)
{
	*h = (struct hive){.bytes = bytes, .damaged_bin = HIVE_NONE};
	if (open_base(h, err))
		return -1;
	h->damaged_bin = find_damaged_bin(h);
	return check_root(h, err);
}

int hive_open_sparse(struct hive *h, struct span bytes, hive_fetch *fetch, void *context,
		     struct err *err)
{
	*h = (struct hive){
		.bytes = bytes, .damaged_bin = HIVE_NONE, .fetch = fetch, .fetch_context = context};
	if (bytes.len >= HIVE_BASE && fetch(context, 0, HIVE_BASE, err))
		return -1;
	return open_base(h, err) ? -1 : check_root(h, err);
}

/* Bytes of the bins, made good first where the hive is read as it is walked. */
static int need(const struct hive *h, uint32_t at, uint32_t len, struct err *err)
{
	return h->fetch ? h->fetch(h->fetch_context, (uint64_t)HIVE_BASE + at, len, err) : 0;
}

struct key hive_root(const struct hive *h)
{
	return (struct key){.hive = h, .at = h->root};
}

int hive_cell(const struct hive *h, uint32_t at, uint64_t least, const char *what, struct span *out,
	      struct err *err)
{
	*out = (struct span){0};
	if (at < BIN_HEADER || at % CELL_ALIGN != 0 || at >= h->bins_size)
		return err_set(err, E_CORRUPT, "%s cell at 0x%x: no cell can be there", what, at);
	if (need(h, at, CELL_HEADER, err))
		return -1;
	uint32_t raw = le32(h->bytes, (uint64_t)HIVE_BASE + at);
	if (raw <= INT32_MAX)
		return err_set(err, E_CORRUPT, "%s cell at 0x%x: the cell is free", what, at);
	uint32_t size = 0u - raw;
	if (size % CELL_ALIGN != 0 || size > h->bins_size - at)
		return err_set(err, E_CORRUPT, "%s cell at 0x%x: impossible size of %u bytes", what,
			       at, size);
	if (need(h, at, size, err))
		return -1;
	*out = span_sub(h->bytes, (uint64_t)HIVE_BASE + at + CELL_HEADER, size - CELL_HEADER);
	if (out->len < least)
		return err_set(err, E_CORRUPT,
			       "%s cell at 0x%x: %zu bytes where %" PRIu64 " are needed", what, at,
			       out->len, least);
	return 0;
}
