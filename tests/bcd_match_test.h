/* SPDX-License-Identifier: MIT */
/* What the tests of bcd_match share: loaders of disks and partitions, and a search in a store. */
#ifndef BCD_MATCH_TEST_H
#define BCD_MATCH_TEST_H

#include "bcd_test.h"

#include "stop7b/bcd_match.h"

#define RECOVERY "{4444bbbb-0000-11e4-9e43-806e6f6e6963}"
#define FIRMWARE "{a5a30fa2-3d06-4e9f-b5f4-a01df9d1fcba}"
#define MEMDIAG  "{b2721d73-1db4-4c62-bf78-c548a880142d}"
#define LOADER_4 "{44444444-0000-11e4-9e43-806e6f6e6963}"

struct found {
	struct bench b;
	struct bcd_match_request request;
	struct bcd_matches matches;
};

UNUSED_OK static void add_devices(struct bench *b, const char *guid, const struct blob *device,
				  const struct blob *os)
{
	element_bytes(b, guid, BCD_DEVICE, device);
	element_bytes(b, guid, BCD_OS_DEVICE, os);
}

/* A loader of a virtual disk, as bcdedit makes it. */
UNUSED_OK static void add_vhd_loader(struct bench *b, const char *guid, const struct blob *host,
				     const char *path)
{
	struct blob device = vhd_element(host, path, 0x12000002);
	struct blob os = vhd_element(host, path, 0x22000002);
	object(b, guid, BCD_LOADER);
	add_devices(b, guid, &device, &os);
	element(b, guid, BCD_SYSTEM_ROOT, "\"\\\\Windows\"");
}

UNUSED_OK static void add_loader(struct bench *b, const char *guid, const struct blob *partition)
{
	struct blob e = element_of(0, partition);
	object(b, guid, BCD_LOADER);
	add_devices(b, guid, &e, &e);
	element(b, guid, BCD_SYSTEM_ROOT, "\"\\\\Windows\"");
}

UNUSED_OK static void search(struct found *f)
{
	struct err err = {0};
	bench_read(&f->b);
	if (bcd_match(&f->b.store, &f->request, f->b.arena, &f->matches, &err) != 0)
		fail_msg("%s", err.text);
}

UNUSED_OK static const struct bcd_match *match_of(const struct found *f, const char *guid)
{
	for (size_t i = 0; i < f->matches.n; i++) {
		if (strcmp(f->matches.items[i].object->guid, guid) == 0)
			return &f->matches.items[i];
	}
	return NULL;
}

#endif
