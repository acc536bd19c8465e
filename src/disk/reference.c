/* SPDX-License-Identifier: MIT */
/*
 * The second opinion: the same disk through libvhdi alone, so that what vhd.c placed is read back
 * by code that nobody here wrote. It shares nothing with vhd.c but the image's read cache, and it
 * cannot say where a byte lies (no map, no bookkeeping). The only file that includes libvhdi.h.
 *
 * libvhdi opens the file by name and reads for itself: those reads are not counted. It does not
 * check every checksum, so it is never asked whether a file is sound.
 */
#include <libvhdi.h>
#include <stdlib.h>

#include "stop7b/container.h"

#define ERROR_TEXT 256
#define ID_LEN     16

static int fail(libvhdi_error_t **error, enum err_code code, const char *what, struct err *err)
{
	char text[ERROR_TEXT] = "";
	if (*error && libvhdi_error_sprint(*error, text, sizeof(text)) < 0)
		text[0] = '\0';
	libvhdi_error_free(error);
	return err_set(err, code, "libvhdi: %s%s%s", what, text[0] ? ": " : "", text);
}

static void reference_close(void *state)
{
	libvhdi_file_t *file = state;
	libvhdi_file_close(file, NULL);
	libvhdi_file_free(&file, NULL);
}

static int describe_type(libvhdi_file_t *file, struct image_info *info, struct err *err)
{
	libvhdi_error_t *error = NULL;
	int format;
	uint32_t type;
	if (libvhdi_file_get_file_type(file, &format, &error) != 1 ||
	    libvhdi_file_get_disk_type(file, &type, &error) != 1)
		return fail(&error, E_CORRUPT, "no type", err);
	info->format = format == LIBVHDI_FILE_TYPE_VHDX ? "vhdx" : "vhd";
	info->type = type == LIBVHDI_DISK_TYPE_FIXED     ? "fixed"
		     : type == LIBVHDI_DISK_TYPE_DYNAMIC ? "dynamic"
							 : "differencing";
	if (type != LIBVHDI_DISK_TYPE_FIXED && type != LIBVHDI_DISK_TYPE_DYNAMIC)
		return err_set(err, E_UNSUPPORTED,
			       "libvhdi: a differencing disk without its parent");
	return 0;
}

static int describe(libvhdi_file_t *file, struct image_info *info, struct err *err)
{
	libvhdi_error_t *error = NULL;
	size64_t size;
	uint8_t id[ID_LEN];
	if (libvhdi_file_get_media_size(file, &size, &error) != 1 ||
	    libvhdi_file_get_bytes_per_sector(file, &info->sector_size, &error) != 1 ||
	    libvhdi_file_get_identifier(file, id, sizeof(id), &error) != 1)
		return fail(&error, E_CORRUPT, "no size or identifier", err);
	if (info->sector_size != 512 && info->sector_size != 4096)
		return err_set(err, E_CORRUPT, "libvhdi: sectors of %u bytes", info->sector_size);
	info->size = size;
	uuid_text((struct span){id, sizeof(id)}, 0, info->id);
	return describe_type(file, info, err);
}

static void *reference_open(struct image_file *f, struct image_info *info,
			    const struct image_options *options, struct arena *arena,
			    struct err *err)
{
	(void)f;
	(void)options;
	(void)arena;
	libvhdi_error_t *error = NULL;
	libvhdi_file_t *file = NULL;
	if (libvhdi_file_initialize(&file, &error) != 1) {
		fail(&error, E_MEMORY, "cannot start", err);
		return NULL;
	}
	if (libvhdi_file_open(file, info->path, LIBVHDI_OPEN_READ, &error) != 1) {
		fail(&error, E_CORRUPT, "cannot open", err);
		libvhdi_file_free(&file, NULL);
		return NULL;
	}
	if (describe(file, info, err) < 0) {
		reference_close(file);
		return NULL;
	}
	return file;
}

static int reference_read(void *state, uint64_t off, void *buf, size_t len, struct err *err)
{
	uint8_t *to = buf;
	for (size_t done = 0; done < len;) {
		libvhdi_error_t *error = NULL;
		ssize_t got = libvhdi_file_read_buffer_at_offset(state, to + done, len - done,
								 (off64_t)(off + done), &error);
		if (got < 0)
			return fail(&error, E_IO, "cannot read", err);
		if (got == 0)
			return err_set(err, E_CORRUPT, "libvhdi: the disk ends before its size");
		done += (size_t)got;
	}
	return 0;
}

static const struct container reference_container = {
	.name = "libvhdi",
	.open = reference_open,
	.close = reference_close,
	.read = reference_read,
};

struct image *image_open_reference(const char *path, const struct image_options *options,
				   struct err *err)
{
	return image_open_as(&reference_container, path, options, err);
}
