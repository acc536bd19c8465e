/* SPDX-License-Identifier: MIT */
/*
 * Files that the system overlay (WOF) keeps compressed: which form the reparse point names. The
 * content is the library's to unpack; here only the mark is read.
 * Source: ebiggers/wimlib, include/wimlib/wof.h.
 */
#include "ntfs_internal.h"

#define TAG_WOF       0x80000017u
#define PROVIDER_FILE 2u

enum { AT_TAG = 0, AT_PROVIDER = 12, AT_FORM = 20 };

enum ntfs_packing ntfs_packing_of(struct span reparse)
{
	static const enum ntfs_packing forms[] = {NTFS_XPRESS4K, NTFS_LZX, NTFS_XPRESS8K,
						  NTFS_XPRESS16K};
	if (le32(reparse, AT_TAG) != TAG_WOF)
		return NTFS_NOT_PACKED;
	uint32_t form = le32(reparse, AT_FORM);
	if (reparse.len < NTFS_REPARSE_HEAD || le32(reparse, AT_PROVIDER) != PROVIDER_FILE ||
	    form >= sizeof(forms) / sizeof(forms[0]))
		return NTFS_PACKED_ELSEWHERE;
	return forms[form];
}

const char *ntfs_packing_name(enum ntfs_packing p)
{
	static const char *const names[] = {
		[NTFS_NOT_PACKED] = "",
		[NTFS_XPRESS4K] = "XPRESS4K",
		[NTFS_LZX] = "LZX",
		[NTFS_XPRESS8K] = "XPRESS8K",
		[NTFS_XPRESS16K] = "XPRESS16K",
		[NTFS_PACKED_ELSEWHERE] = "another form",
	};
	return names[p];
}
