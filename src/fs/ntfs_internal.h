/* SPDX-License-Identifier: MIT */
/*
 * What the files of the NTFS module share. None of them but ntfs.c sees libfsntfs.
 *
 * ntfs_boot.c    boot sector -> geometry, checked before any library reads the volume
 * ntfs_record.c  MFT record, attribute and run list, from bytes alone
 * ntfs_stream.c  one stream of a file by its record number, put together from its pieces
 * ntfs_index.c   directory indexes: find a name, walk all names
 * ntfs_file.c    the public calls on files and directories
 * ntfs_state.c   volume flags, $LogFile, hibernation
 * ntfs.c         the volume, and file content through libfsntfs
 */
#ifndef STOP7B_NTFS_INTERNAL_H
#define STOP7B_NTFS_INTERNAL_H

#include "stop7b/ntfs.h"

#define NTFS_STRIDE            512u            /* bytes that one update sequence value protects */
#define NTFS_BOOT_SECTOR       512u            /* bytes of the boot sector that carry fields */
#define NTFS_HOLE              UINT64_MAX      /* "cluster" of a sparse run */
#define NTFS_RECORD_MASK       0xffffffffffffu /* record number in a file reference */
#define NTFS_FIRST_USER_RECORD 16u             /* records below belong to NTFS itself */

enum ntfs_record_number {
	NTFS_RECORD_MFT = 0,
	NTFS_RECORD_MIRROR = 1,
	NTFS_RECORD_LOGFILE = 2,
	NTFS_RECORD_VOLUME = 3,
	NTFS_RECORD_ROOT = 5,
	NTFS_RECORD_BITMAP = 6,
	NTFS_RECORD_BAD_CLUSTERS = 8,
	NTFS_RECORD_SECURE = 9,
	NTFS_RECORD_UPCASE = 10
};

enum ntfs_attribute_type {
	NTFS_STANDARD_INFORMATION = 0x10,
	NTFS_ATTRIBUTE_LIST = 0x20,
	NTFS_FILE_NAME = 0x30,
	NTFS_VOLUME_NAME = 0x60,
	NTFS_VOLUME_INFORMATION = 0x70,
	NTFS_DATA = 0x80,
	NTFS_INDEX_ROOT = 0x90,
	NTFS_INDEX_ALLOCATION = 0xa0,
	NTFS_BITMAP = 0xb0,
	NTFS_REPARSE_POINT = 0xc0
};

enum ntfs_data_flags {
	NTFS_DATA_COMPRESSED = 0x00ff, /* mask of the compression method */
	NTFS_DATA_ENCRYPTED = 0x4000,
	NTFS_DATA_SPARSE = 0x8000
};

struct ntfs_geometry {
	uint64_t size;                           /* bytes of the volume as its boot sector says */
	uint64_t clusters;                       /* whole clusters in it */
	uint64_t mft_at;                         /* byte of the volume where record 0 begins */
	uint32_t sector, cluster, record, index; /* bytes */
};

struct ntfs_attribute {
	uint32_t type;
	uint16_t flags; /* enum ntfs_data_flags */
	uint16_t id;
	bool resident;
	struct span name;  /* UTF-16LE; empty for the unnamed stream */
	struct span value; /* resident: the content; otherwise the run list */
	uint64_t first_vcn, last_vcn;
	uint64_t allocated, size, valid; /* bytes; only where first_vcn is 0 */
};

struct ntfs_run {
	uint64_t vcn; /* first cluster of the file */
	uint64_t lcn; /* first cluster of the volume, or NTFS_HOLE */
	uint64_t n;   /* clusters, > 0 */
};

struct ntfs_runs {
	struct arena *arena;    /* owns items */
	struct ntfs_run *items; /* without gaps from VCN 0; neighbours that touch are one run */
	size_t n, cap;
	uint64_t end; /* the VCN behind the last run */
};

struct ntfs_stream {
	bool found, resident, reparse;
	uint16_t flags;       /* enum ntfs_data_flags */
	uint64_t size, valid; /* bytes */
	struct span content;  /* of a resident stream, in the arena given to ntfs_stream_load() */
	struct ntfs_runs runs;
};

/* The volume as this module's own parsers see it. */
struct ntfs_core {
	struct ntfs_bytes bytes;
	struct ntfs_geometry geometry;
	struct ntfs_stream mft;
	struct span upcase;  /* $UpCase, empty until a name outside ASCII is looked up */
	struct arena *arena; /* lives as long as the volume */
};

/* What a directory says about one of its names. */
struct ntfs_name {
	uint64_t reference;      /* of the file */
	struct span utf16;       /* the name; valid until the next call */
	uint64_t modified, size; /* copies that NTFS refreshes late */
	uint32_t attributes;
	uint64_t parent; /* reference of its directory */
	uint8_t space;   /* enum ntfs_name_space */
	bool dos;        /* the 8.3 twin of a long name */
};

enum ntfs_name_space { NTFS_POSIX, NTFS_WIN32, NTFS_DOS, NTFS_WIN32_AND_DOS };

struct ntfs_core *ntfs_core(struct ntfs *vol);

/*
 * Check a boot sector.
 *   sector       its first 512 bytes
 *   disk_sector  bytes per sector of the disk
 *   size         bytes of the partition
 * 0, or -1 with E_FORMAT, E_UNSUPPORTED (other sector size), E_CORRUPT.
 */
int ntfs_boot_parse(struct span sector, uint32_t disk_sector, uint64_t size,
		    struct ntfs_geometry *out, struct err *err);

/*
 * Undo the update sequence of a protected record in place.
 *   record     the record
 *   len        bytes, a multiple of NTFS_STRIDE
 * 0, or -1 with E_CORRUPT (sequence outside the record, a torn stride).
 */
int ntfs_fixup(uint8_t *record, size_t len, struct err *err);

/* Undo the update sequence of an MFT record and check its header. 0, or -1 with E_CORRUPT. */
int ntfs_record_check(uint8_t *record, size_t len, struct err *err);
bool ntfs_record_in_use(struct span record);
bool ntfs_record_directory(struct span record);
uint64_t ntfs_record_base(struct span record); /* file reference of the base record, 0 in one */
uint16_t ntfs_record_sequence(struct span record);

/*
 * Step through the attributes of a checked record: *at is 0 before the first call.
 * False behind the last one, or with err set (E_CORRUPT).
 */
bool ntfs_attribute_next(struct span record, uint64_t *at, struct ntfs_attribute *out,
			 struct err *err);

/* Append n clusters at lcn, joined to the run before where they touch. 0, or -1: E_MEMORY. */
int ntfs_runs_append(struct ntfs_runs *runs, uint64_t lcn, uint64_t n, struct err *err);
/*
 * Append the run list of attribute a, which must continue at runs->end.
 *   clusters  of the volume; a run outside is E_CORRUPT
 */
int ntfs_runs_decode(struct ntfs_runs *runs, const struct ntfs_attribute *a, uint64_t clusters,
		     struct err *err);

/*
 * Read the boot sector and find $MFT's own data; bytes and arena are filled already. 0, or -1 with
 * err as ntfs_open().
 */
int ntfs_core_open(struct ntfs_core *core, struct err *err);
/* One MFT record, update sequence undone, in arena. 0, or -1 with err. */
int ntfs_core_record(struct ntfs_core *core, uint64_t number, struct arena *arena, struct span *out,
		     struct err *err);

/* Which stream of a file: an attribute type and an ASCII name, "" for the unnamed one. */
struct ntfs_stream_id {
	uint32_t type;
	const char *name;
};
extern const struct ntfs_stream_id ntfs_unnamed_data;
/* A stream of record number, through its attribute list where it has one; look at out->found. */
int ntfs_stream_load(struct ntfs_core *core, uint64_t number, const struct ntfs_stream_id *id,
		     struct arena *arena, struct ntfs_stream *out, struct err *err);
/* Read stored bytes [off, off+len); holes read as zeros, the valid length is not looked at. */
int ntfs_stream_read(struct ntfs_core *core, const struct ntfs_stream *s, uint64_t off, void *buf,
		     size_t len, struct err *err);
/* Translate a byte of the stream: vol_off, and how many bytes follow in the same run. */
int ntfs_stream_translate(const struct ntfs_core *core, const struct ntfs_stream *s, uint64_t off,
			  uint64_t *vol_off, uint64_t *run, struct err *err);
/*
 * The records of a file: its base record, then those that its attribute list names, each once.
 * 0, or -1 with err.
 */
int ntfs_core_records(struct ntfs_core *core, uint64_t number, struct arena *arena, uint64_t **out,
		      size_t *n, struct err *err);
/* E_CORRUPT when the stream's clusters are used twice, by $MFT or by the boot sector. */
int ntfs_stream_disjoint(const struct ntfs_core *core, const struct ntfs_stream *s,
			 struct err *err);

/*
 * Find name (UTF-8) in directory record number. 1 with *reference filled, 0 when it is not there,
 * -1 with err.
 */
int ntfs_index_find(struct ntfs_core *core, uint64_t number, const char *name, uint64_t *reference,
		    struct err *err);
/*
 * Call each() for every name of the directory in the directory's order; it answers 0 to go on or
 * -1 with err. 0, or -1 with err.
 */
typedef int ntfs_index_each(void *context, const struct ntfs_name *name, struct err *err);
int ntfs_index_walk(struct ntfs_core *core, uint64_t number, ntfs_index_each *each, void *context,
		    struct err *err);

/* The index records of a directory that a walk came through. */
struct ntfs_index_blocks {
	const uint8_t *seen; /* one byte each, in the arena that was given */
	uint64_t n;
};
/* The same walk, which also tells the blocks; arena owns them. */
int ntfs_index_survey(struct ntfs_core *core, uint64_t number, struct arena *arena,
		      ntfs_index_each *each, void *context, struct ntfs_index_blocks *out,
		      struct err *err);
/* A $FILE_NAME attribute's content as the name it is. 0, or -1 with E_CORRUPT. */
int ntfs_name_parse(struct span key, struct ntfs_name *out, struct err *err);
/*
 * Order of two names (UTF-16LE) in a directory: < 0, 0, > 0. Names outside ASCII want the table of
 * upper-case forms, which ntfs_upcase_load() reads once.
 */
int ntfs_name_compare(const struct ntfs_core *core, struct span a, struct span b);
int ntfs_upcase_load(struct ntfs_core *core, struct err *err);

/* Bytes of the volume whose neighbours nobody wants (image_read_once()). 0, or -1 with err. */
int ntfs_read_once(struct ntfs *vol, uint64_t off, void *buf, size_t len, struct err *err);

/* The library's view of a file's unnamed data, by record number. NULL with err. */
struct ntfs_content;
struct ntfs_content *ntfs_content_open(struct ntfs *vol, uint64_t number, struct err *err);
void ntfs_content_close(struct ntfs_content *c); /* accepts NULL */
uint64_t ntfs_content_size(const struct ntfs_content *c);
int ntfs_content_read(struct ntfs_content *c, uint64_t off, void *buf, size_t len, struct err *err);
/* Its extents in the form of a run list. */
int ntfs_content_runs(struct ntfs_content *c, struct ntfs_runs *out, struct err *err);

/* What reparse data (tag, length, content) says of a file's packing. */
enum ntfs_packing ntfs_packing_of(struct span reparse);
#define NTFS_REPARSE_HEAD 24u /* bytes of it that are looked at */

#define NTFS_LOG_HEAD (128u * 1024) /* bytes of $LogFile that can hold both restart pages */
/* State of a log by its first bytes; log may be shorter than NTFS_LOG_HEAD. */
enum ntfs_log ntfs_log_state(struct span log);
/* Does hiberfil.sys say that Windows sleeps? head: its first bytes. */
bool ntfs_hibernated(struct span head, uint64_t size);

#endif
