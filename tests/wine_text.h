/* SPDX-License-Identifier: MIT */
/*
 * Plans for a Wine that does not expand the variable of a loop in what an inner loop cuts (8 does
 * not; cmd does, and so do newer ones): there the two kinds of inner loops are written out with the
 * values that the model of bcdedit prints. All else stays as the plan has it.
 */
#ifndef WINE_TEXT_H
#define WINE_TEXT_H

#include "bcdedit_model.h"

#define WINE_TEXT (1u << 18)

#define WINE_DASHES "  for /f \"delims=-\" %%c in (\"%%a\") do set \"NEXT=\""
#define WINE_CUT    "\" for /f \"tokens=1,2* delims=[]\" %%c in (\"%%b\") do if /i \"%%c["
#define WINE_OTHER  "  if \"%%a\"==\"osdevice\" for /f \"delims=[]\" %%c in (\"%%b\") do if not "

static void wine_put(char *out, const char *fmt, ...)
{
	va_list args;
	size_t len = strlen(out);
	va_start(args, fmt);
	assert_true((size_t)vsnprintf(out + len, WINE_TEXT - len, fmt, args) < WINE_TEXT - len);
	va_end(args);
}

/* The lines of dashes below the model's headings, one by one. */
static void wine_put_dashes(const struct model *m, char *out)
{
	static const unsigned types[] = {BCD_BOOT_MANAGER, BCD_LOADER, BCD_RESUME, 0};
	wine_put(out, "  set \"NEXT=\"\r\n");
	for (size_t i = 0; i < 4; i++)
		wine_put(out, "  if \"%%%%a\"==\"%.*s\" set \"NEXT=1\"\r\n",
			 (int)strlen(model_heading(m, types[i])),
			 "---------------------------------------------------------------");
}

/* `if "%%a"=="NAME" for ... if /i "%%c[...]%%e"=="vhd=[...]PATH" ACTION`, for any drive or one. */
static void wine_put_cut(const struct model *m, const char *line, int len, char *out)
{
	const char *name = line + strlen("  if \"%%a\"==\""), *path = strstr(line, "\"==\"vhd=[");
	const char *drives[] = {m->drive, "locate"};
	int name_len = (int)strcspn(name, "\"");
	path += strlen("\"==\"vhd=[");
	bool any = *path == ']';
	for (size_t i = 0; i < 1 + (size_t)any; i++)
		wine_put(out, "  if /i \"%%%%a %%%%b\"==\"%.*s vhd=[%s%.*s\r\n", name_len, name,
			 any ? drives[i] : "", (int)(line + len - path), path);
}

/* A line of a plan, and what stands for it. */
static void wine_put_line(struct model *m, const char *line, int len, char *out)
{
	const struct model_element *ramdisk = model_get(m, "{4444bbbb-0000-11e4-9e43-806e6f6e6963}",
							"osdevice");
	if (strncmp(line, WINE_DASHES, strlen(WINE_DASHES)) == 0)
		wine_put_dashes(m, out);
	else if (memmem(line, (size_t)len, WINE_CUT, strlen(WINE_CUT)))
		wine_put_cut(m, line, len, out);
	else if (strncmp(line, WINE_OTHER, strlen(WINE_OTHER)) == 0)
		wine_put(out,
			 "  if \"%%%%a\"==\"osdevice\" if not \"%%%%b\"==\"%s\" call :other\r\n",
			 ramdisk ? ramdisk->text : "");
	else
		wine_put(out, "%.*s\r\n", len, line);
}

/* calloc'd */
MODEL_OK static char *wine_text(struct model *m, const char *plan)
{
	char *out = calloc(1, WINE_TEXT);
	for (const char *line = plan; *line; line += strcspn(line, "\n") + 1)
		wine_put_line(m, line, (int)strcspn(line, "\r\n"), out);
	return out;
}

#endif
