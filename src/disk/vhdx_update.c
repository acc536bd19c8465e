/* SPDX-License-Identifier: MIT */
/*
 * The writes that come with every change of a VHDX disk. Both headers get new write identifiers,
 * so that a child disk or a backup program notices the change, and an empty log; the pages that
 * the log held are written to their places, because an empty log no longer replays them.
 *
 * The log itself is not written: MS-VHDX asks for a log entry so that a system that has the disk
 * mounted survives a crash. Here all writes are in one list whose old bytes are kept safe first.
 *
 * Source: [MS-VHDX] 2.2.2.1, 2.3.3.
 */
#include "vhdx_update.h"

#include <string.h>

/* 8 MiB to review, to keep for undo and to write; Windows' log of 1 MiB holds 255 data pages. */
#define VHDX_UPDATE_PAGES 2048u

const char *vhdx_update_refusal(const struct vhdx_file *f, const struct vhdx_headers *headers)
{
	size_t n;
	vhdx_file_pages(f, &n);
	if (vhdx_file_size(f) > vhdx_file_raw_size(f))
		return "the VHDX log makes the file longer; let Windows replay it first "
		       "(Mount-VHD, Dismount-VHD)";
	if (n > VHDX_UPDATE_PAGES)
		return "the VHDX log changes more than 8 MiB; let Windows replay it first "
		       "(Mount-VHD, Dismount-VHD)";
	return vhdx_headers_can_update(headers) ? NULL
						: "the VHDX headers have no sequence number left";
}

static bool has_write(const struct write_list *list, uint64_t off, size_t len)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->items[i].off == off && list->items[i].len == len)
			return true;
	return false;
}

static int add_header(const struct vhdx_update *u, const struct vhdx_headers *headers, unsigned i,
		      struct write_list *out, struct err *err)
{
	struct write w = {
		.off = vhdx_header_at(i),
		.len = VHDX_HEADER_LEN,
		.old_bytes = headers->raw[i],
		.new_bytes = u->raw[i],
		.what = said_make(out->arena,
				  headers->header.log_used
					  ? N_("VHDX header %u: new write identifiers, log emptied")
					  : N_("VHDX header %u: new write identifiers"),
				  i + 1),
	};
	return writes_add(out, &w, err);
}

static int add_page(struct vhdx_file *f, const struct vhdx_page *page, struct write_list *out,
		    struct err *err)
{
	static const uint8_t zeros[VHDX_PAGE];
	uint8_t old[VHDX_PAGE];
	if (vhdx_file_read_raw(f, page->at, old, sizeof(old), err) < 0)
		return -1;
	struct write w = {
		.off = page->at,
		.len = VHDX_PAGE,
		.old_bytes = old,
		.new_bytes = page->bytes ? page->bytes : zeros,
		.what = said_of("page recovered from the VHDX log"),
	};
	return memcmp(w.old_bytes, w.new_bytes, VHDX_PAGE) == 0 ? 0 : writes_add(out, &w, err);
}

int vhdx_update_add(struct vhdx_update *u, struct vhdx_file *f, const struct vhdx_headers *headers,
		    struct write_list *out, struct err *err)
{
	if (has_write(out, vhdx_header_at(0), VHDX_HEADER_LEN))
		return 0;
	if (!u->made && vhdx_headers_update(headers, u->raw, err) < 0)
		return -1;
	u->made = true;
	for (unsigned i = 0; i < VHDX_HEADERS; i++)
		if (add_header(u, headers, i, out, err) < 0)
			return -1;
	size_t n;
	const struct vhdx_page *pages = vhdx_file_pages(f, &n);
	for (size_t i = 0; i < n; i++)
		if (add_page(f, &pages[i], out, err) < 0)
			return -1;
	return 0;
}
