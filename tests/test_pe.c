/* SPDX-License-Identifier: MIT */
/*
 * Driver files: good ones of three machines, ones cut at every byte, and ones with one lie each.
 * What binutils and the fixtures' own maker say of the same bytes is the second opinion.
 */
#include "test.h"

#include "stop7b/pe.h"

#include "pe_test.h"

struct bench {
	struct arena *arena;
	uint8_t *bytes;
	struct pe pe;
	struct err err;
};

static int setup(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));
	b->arena = arena_new();
	*state = b;
	return 0;
}

static int teardown(void **state)
{
	struct bench *b = *state;
	arena_free(b->arena);
	free(b->bytes);
	free(b);
	return 0;
}

static void make(struct bench *b, const struct build *build)
{
	free(b->bytes);
	b->bytes = build_pe(build);
}

static int again(struct bench *b, size_t len)
{
	err_clear(&b->err);
	return pe_read((struct span){b->bytes, len}, b->arena, &b->pe, &b->err);
}

static const struct build storport = {
	.imports = {{"NTOSKRNL.exe", {"IoCreateDevice", "RtlCopyMemory", NULL}},
		    {"HAL.dll", {"#7", "HalMakeBeep", NULL}}},
	.exports = {"Zulu", "StorPortInitialize", "Alpha"},
	.ordinal_base = 5,
};

static void read_storport(struct bench *b, uint16_t machine)
{
	struct build build = storport;
	build.machine = machine;
	make(b, &build);
	assert_int_equal(again(b, BUILD_END), 0);
}

/* ---- what is right ---- */

static void test_headers(void **state)
{
	static const struct {
		uint16_t machine;
		const char *name;
	} machines[] = {{0x14c, "x86"}, {0x8664, "x64"}, {0xaa64, "arm64"}};
	struct bench *b = *state;
	for (size_t i = 0; i < 3; i++) {
		read_storport(b, machines[i].machine);
		assert_int_equal(b->pe.machine, machines[i].machine);
		assert_string_equal(pe_machine_name(b->pe.machine), machines[i].name);
		assert_int_equal(b->pe.wide, i > 0);
		assert_true(b->pe.native);
		assert_true(b->pe.checksum_ok);
		assert_int_equal(b->pe.built, 0x4ce78a00);
		assert_false(b->pe.truncated);
		assert_null(b->pe.problem);
	}
	assert_null(pe_machine_name(0x1c0));
}

static void expect_imports(const struct pe *pe)
{
	assert_int_equal(pe->n_imports, 2);
	assert_string_equal(pe->imports[0].dll, "ntoskrnl.exe");
	assert_int_equal(pe->imports[0].n, 2);
	assert_string_equal(pe->imports[0].symbols[0].name, "IoCreateDevice");
	assert_string_equal(pe->imports[0].symbols[1].name, "RtlCopyMemory");
	assert_string_equal(pe->imports[1].dll, "hal.dll");
	assert_int_equal(pe->imports[1].n, 2);
	assert_null(pe->imports[1].symbols[0].name);
	assert_int_equal(pe->imports[1].symbols[0].ordinal, 7);
	assert_string_equal(pe->imports[1].symbols[1].name, "HalMakeBeep");
}

static void test_imports(void **state)
{
	struct bench *b = *state;
	read_storport(b, 0x14c);
	expect_imports(&b->pe);
	read_storport(b, 0x8664);
	expect_imports(&b->pe);
	/* without a lookup table the address table has the names, as in files of old linkers */
	put_le32(b->bytes + BUILD_IDATA, 0);
	assert_int_equal(again(b, BUILD_END), 0);
	expect_imports(&b->pe);
}

static void test_exports(void **state)
{
	struct bench *b = *state;
	read_storport(b, 0x14c);
	assert_int_equal(b->pe.n_exports, 3);
	assert_string_equal(b->pe.exports[0], "Alpha");
	assert_string_equal(b->pe.exports[2], "Zulu");
	assert_true(pe_exports(&b->pe, &(struct pe_symbol){.name = "StorPortInitialize"}));
	assert_false(pe_exports(&b->pe, &(struct pe_symbol){.name = "StorPortInitialise"}));
	assert_true(pe_exports(&b->pe, &(struct pe_symbol){.ordinal = 5}));
	assert_true(pe_exports(&b->pe, &(struct pe_symbol){.ordinal = 7}));
	assert_false(pe_exports(&b->pe, &(struct pe_symbol){.ordinal = 4}));
	assert_false(pe_exports(&b->pe, &(struct pe_symbol){.ordinal = 8}));
}

static void test_no_tables(void **state)
{
	struct bench *b = *state;
	make(b, &(struct build){0});
	assert_int_equal(again(b, BUILD_END), 0);
	assert_int_equal(b->pe.n_imports, 0);
	assert_int_equal(b->pe.n_exports, 0);
	assert_false(pe_exports(&b->pe, &(struct pe_symbol){.name = "x"}));
	assert_null(b->pe.problem);
	/* the address counts, not the size */
	read_storport(b, 0x14c);
	put_le32(b->bytes + build_directories(&storport) + 12, 0);
	assert_int_equal(again(b, BUILD_END), 0);
	assert_int_equal(b->pe.n_imports, 2);
	/* a count of directories that leaves the import table out */
	read_storport(b, 0x14c);
	put_le32(b->bytes + build_directories(&storport) - 4, 1);
	assert_int_equal(again(b, BUILD_END), 0);
	assert_int_equal(b->pe.n_imports, 0);
	assert_int_equal(b->pe.n_exports, 3);
}

static void test_not_native(void **state)
{
	struct bench *b = *state;
	make(b, &(struct build){.subsystem = 3});
	assert_int_equal(again(b, BUILD_END), 0);
	assert_false(b->pe.native);
	assert_int_equal(b->pe.subsystem, 3);
}

static void test_checksum(void **state)
{
	struct bench *b = *state;
	read_storport(b, 0x14c);
	b->bytes[BUILD_CODE + 9] ^= 1;
	assert_int_equal(again(b, BUILD_END), 0);
	assert_false(b->pe.checksum_ok);
	put_le32(b->bytes + BUILD_OPTIONAL + 64, 0); /* none stored: nothing to be wrong */
	assert_int_equal(again(b, BUILD_END), 0);
	assert_true(b->pe.checksum_ok);
}

/* ---- what is no PE file ---- */

static void expect_corrupt(struct bench *b, size_t len, const char *words)
{
	assert_int_equal(again(b, len), -1);
	assert_int_equal(b->err.code, E_CORRUPT);
	if (!strstr(b->err.text, words))
		fail_msg("\"%s\" does not say \"%s\"", b->err.text, words);
}

static void test_not_pe(void **state)
{
	struct bench *b = *state;
	read_storport(b, 0x14c);
	expect_corrupt(b, 0, "no MZ");
	expect_corrupt(b, 63, "no MZ");
	b->bytes[0] = 'N';
	expect_corrupt(b, BUILD_END, "no MZ");
	read_storport(b, 0x14c);
	put_le32(b->bytes + 0x3c, BUILD_END - 23);
	expect_corrupt(b, BUILD_END, "PE header at");
	put_le32(b->bytes + 0x3c, 0xffffffff);
	expect_corrupt(b, BUILD_END, "PE header at");
	put_le32(b->bytes + 0x3c, 0x40);
	expect_corrupt(b, BUILD_END, "no PE signature at 0x40");
}

static void test_bad_headers(void **state)
{
	struct bench *b = *state;
	read_storport(b, 0x14c);
	put_le16(b->bytes + BUILD_OPTIONAL, 0x107);
	expect_corrupt(b, BUILD_END, "unknown kind 0x107");
	read_storport(b, 0x14c);
	put_le16(b->bytes + BUILD_PE + 20, 95);
	expect_corrupt(b, BUILD_END, "only 95 bytes");
	read_storport(b, 0x8664);
	put_le16(b->bytes + BUILD_PE + 20, 111);
	expect_corrupt(b, BUILD_END, "only 111 bytes");
	read_storport(b, 0x14c);
	put_le16(b->bytes + BUILD_PE + 6, 97);
	expect_corrupt(b, BUILD_END, "97 sections");
	put_le16(b->bytes + BUILD_PE + 6, 96);
	put_le16(b->bytes + BUILD_PE + 20, BUILD_END - BUILD_OPTIONAL - 96 * 40 + 1);
	expect_corrupt(b, BUILD_END, "section table");
	put_le16(b->bytes + BUILD_PE + 20, BUILD_END - BUILD_OPTIONAL - 96 * 40);
	assert_int_equal(again(b, BUILD_END), 0);
}

/* ---- what is cut ---- */

static void test_cut_anywhere(void **state)
{
	struct bench *b = *state;
	read_storport(b, 0x8664);
	for (size_t len = 0; len < BUILD_END; len++) {
		uint8_t *exact = malloc(len ? len : 1);
		memcpy(exact, b->bytes, len);
		int rc = pe_read((struct span){exact, len}, b->arena, &b->pe, NULL);
		if (rc == 0) {
			assert_true(b->pe.truncated);
			assert_non_null(strstr(b->pe.problem, "truncated"));
		}
		free(exact);
	}
	assert_int_equal(again(b, BUILD_END), 0);
	assert_false(b->pe.truncated);
}

static void test_signature_cut(void **state)
{
	struct bench *b = *state;
	read_storport(b, 0x14c);
	uint8_t *security = b->bytes + build_directories(&storport) + 4 * 8;
	put_le32(security, BUILD_END - 16);
	put_le32(security + 4, 16);
	assert_int_equal(again(b, BUILD_END), 0);
	assert_false(b->pe.truncated);
	put_le32(security + 4, 17);
	assert_int_equal(again(b, BUILD_END), 0);
	assert_true(b->pe.truncated);
}

static void test_headers_cut(void **state)
{
	struct bench *b = *state;
	make(b, &(struct build){0});
	put_le32(b->bytes + BUILD_OPTIONAL + 60, BUILD_END + 1);
	assert_int_equal(again(b, BUILD_END), 0);
	assert_true(b->pe.truncated);
}

/* ---- tables that lie ---- */

static void expect_damaged_imports(struct bench *b)
{
	assert_int_equal(again(b, BUILD_END), 0);
	assert_non_null(b->pe.problem);
	assert_string_equal(b->pe.problem, "its import table is damaged");
}

static void test_import_lies(void **state)
{
	struct bench *b = *state;
	uint8_t *idata;
	read_storport(b, 0x14c);
	idata = b->bytes + BUILD_IDATA;
	put_le32(idata + 12, 0x7fffffff); /* DLL name outside */
	expect_damaged_imports(b);
	read_storport(b, 0x14c);
	idata = b->bytes + BUILD_IDATA;
	put_le32(idata, 0x7ffffff0); /* thunks outside */
	expect_damaged_imports(b);
	read_storport(b, 0x14c);
	idata = b->bytes + BUILD_IDATA;
	put_le32(idata + 0x100, 0x7ffffff0); /* a name outside */
	expect_damaged_imports(b);
	put_le32(idata + 0x100, 0xffff); /* one between sections */
	expect_damaged_imports(b);
	read_storport(b, 0x14c);
	put_le32(b->bytes + build_directories(&storport) + 8, 0x7ffffff0); /* the table outside */
	expect_damaged_imports(b);
}

static void test_import_names(void **state)
{
	struct bench *b = *state;
	struct build odd = {.imports = {{"..\\evil.sys", {"x", NULL}}}};
	make(b, &odd);
	expect_damaged_imports(b);
	odd.imports[0].dll = "AZ[].SYS";
	make(b, &odd);
	assert_int_equal(again(b, BUILD_END), 0);
	assert_null(b->pe.problem);
	assert_string_equal(b->pe.imports[0].dll, "az[].sys");
	/* a name without an end within the limit */
	memset(b->bytes + BUILD_IDATA + 0x800, 'a', PE_NAME_MAX);
	expect_damaged_imports(b);
	/* of just the limit */
	b->bytes[BUILD_IDATA + 0x800 + PE_NAME_MAX - 1] = 0;
	put_le32(b->bytes + BUILD_IDATA + 0x100, 0);
	assert_int_equal(again(b, BUILD_END), 0);
	assert_null(b->pe.problem);
	assert_int_equal(strlen(b->pe.imports[0].dll), PE_NAME_MAX - 1);
}

/* All descriptors alike, with no end: as many DLLs as the section has room for. */
static void test_too_many_dlls(void **state)
{
	struct bench *b = *state;
	read_storport(b, 0x14c);
	uint8_t *idata = b->bytes + BUILD_IDATA;
	uint8_t first[20];
	memcpy(first, idata, 20);
	put_le32(first, RVA_IDATA + 0x1ff0);
	put_le32(first + 12, RVA_EDATA + 0x400);
	memset(idata + 0x1f00, 0, 0x100);
	for (size_t i = 0; i < 300; i++)
		memcpy(idata + i * 20, first, 20);
	expect_damaged_imports(b);
	assert_true(b->pe.n_imports <= PE_DLLS_MAX + 1);
	memset(idata + PE_DLLS_MAX * 20, 0, 20);
	assert_int_equal(again(b, BUILD_END), 0);
	assert_null(b->pe.problem);
	assert_int_equal(b->pe.n_imports, PE_DLLS_MAX);
}

/* A file of thunks only: more symbols than the limit, all with one name. */
static void test_too_many_symbols(void **state)
{
	struct bench *b = *state;
	uint32_t n = PE_SYMBOLS_MAX + 8;
	size_t len = BUILD_END + n * 4;
	read_storport(b, 0x14c);
	b->bytes = realloc(b->bytes, len);
	uint8_t *section = b->bytes + build_sections(&storport) + 80;
	put_le32(section + 16, (uint32_t)len - BUILD_EDATA);
	for (uint32_t i = 0; i < n; i++)
		put_le32(b->bytes + BUILD_END + i * 4, 0x80000001);
	put_le32(b->bytes + BUILD_IDATA, RVA_EDATA + BUILD_END - BUILD_EDATA);
	assert_int_equal(again(b, len), 0);
	assert_string_equal(b->pe.problem, "its import table is damaged");
	assert_int_equal(b->pe.imports[0].n, PE_SYMBOLS_MAX);
	put_le32(b->bytes + BUILD_END + PE_SYMBOLS_MAX * 4, 0);
	put_le32(b->bytes + BUILD_IDATA + 20 + 12, 0);
	assert_int_equal(again(b, len), 0);
	assert_null(b->pe.problem);
}

/* The same bytes named over and over may not cost more memory than the limit. */
static void test_names_are_bounded(void **state)
{
	struct bench *b = *state;
	uint32_t n = PE_SYMBOLS_MAX - 1;
	size_t len = BUILD_END + n * 4;
	read_storport(b, 0x14c);
	b->bytes = realloc(b->bytes, len);
	put_le32(b->bytes + build_sections(&storport) + 80 + 16, (uint32_t)len - BUILD_EDATA);
	memset(b->bytes + BUILD_EDATA + 0x800, 1, PE_NAME_MAX - 1); /* escapes to \x01 each */
	for (uint32_t i = 0; i < n; i++)
		put_le32(b->bytes + BUILD_END + i * 4, RVA_EDATA + 0x800);
	put_le32(b->bytes + BUILD_EDATA + 24, n);
	put_le32(b->bytes + BUILD_EDATA + 32, RVA_EDATA + BUILD_END - BUILD_EDATA);
	assert_int_equal(again(b, len), 0);
	assert_false(b->pe.exports_known);
	assert_true(b->pe.text_bytes <= PE_TEXT_MAX + 4 * PE_NAME_MAX);
}

static void test_export_lies(void **state)
{
	static const struct {
		uint32_t at, value;
	} lies[] = {
		{24, PE_SYMBOLS_MAX + 1}, /* too many names */
		{24, 0x1000},             /* more than fit */
		{32, 0x7ffffff0},         /* names outside */
	};
	struct bench *b = *state;
	for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
		read_storport(b, 0x14c);
		put_le32(b->bytes + BUILD_EDATA + lies[i].at, lies[i].value);
		assert_int_equal(again(b, BUILD_END), 0);
		assert_false(b->pe.exports_known);
		assert_null(b->pe.problem); /* only importers are concerned */
		assert_true(pe_exports(&b->pe, &(struct pe_symbol){.name = "whatever"}));
	}
	read_storport(b, 0x14c);
	put_le32(b->bytes + build_directories(&storport), 0x7ffffff0); /* the table outside */
	assert_int_equal(again(b, BUILD_END), 0);
	assert_false(b->pe.exports_known);
	read_storport(b, 0x14c);
	put_le32(b->bytes + BUILD_EDATA + 0x200, 0x7ffffff0); /* one name outside */
	assert_int_equal(again(b, BUILD_END), 0);
	assert_false(b->pe.exports_known);
}

/* ---- any bytes ---- */

static uint32_t next_random(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 8;
}

static void test_random_damage(void **state)
{
	struct bench *b = *state;
	uint32_t seed = 7;
	for (unsigned round = 0; round < 4000; round++) {
		struct build build = storport;
		build.machine = round % 2 ? 0x8664 : 0x14c;
		make(b, &build);
		for (unsigned i = 0; i < 1 + round % 5; i++) {
			uint32_t near = next_random(&seed) % 4;
			uint32_t at = near == 0   ? BUILD_PE + next_random(&seed) % 0x200
				      : near == 1 ? BUILD_IDATA + next_random(&seed) % 0x200
				      : near == 2 ? BUILD_EDATA + next_random(&seed) % 0x300
						  : next_random(&seed) % BUILD_END;
			b->bytes[at] = (uint8_t)next_random(&seed);
		}
		struct arena *arena = arena_new();
		if (pe_read((struct span){b->bytes, BUILD_END}, arena, &b->pe, NULL) == 0) {
			assert_true(b->pe.n_imports <= PE_DLLS_MAX + 1);
			assert_true(b->pe.n_exports <= PE_SYMBOLS_MAX);
		}
		arena_free(arena);
	}
}

/* ---- second opinions ---- */

static int run(const char *fmt, const char *a, const char *b, const char *c)
{
	char command[4 * TEST_PATH];
	snprintf(command, sizeof(command), fmt, a, b, c);
	return system(command);
}

/* binutils names the same DLLs and symbols. */
static void test_objdump(void **state)
{
	struct bench *b = *state;
	char dir[TEST_PATH], path[TEST_PATH + 32];
	if (system("objdump -i 2>/dev/null | grep -q pei-x86-64") != 0)
		skip();
	test_scratch(dir);
	snprintf(path, sizeof(path), "%s/x.sys", dir);
	for (unsigned i = 0; i < 2; i++) {
		read_storport(b, i ? 0x8664 : 0x14c);
		test_write(path, b->bytes, BUILD_END);
		assert_int_equal(run("objdump -p '%s' > '%s.txt'", path, path, ""), 0);
		for (size_t k = 0; k < b->pe.n_imports; k++) {
			const struct pe_import *import = &b->pe.imports[k];
			assert_int_equal(
				run("grep -qi 'DLL Name: %s$' '%s.txt'", import->dll, path, ""), 0);
			for (size_t s = 0; s < import->n; s++) {
				const char *name = import->symbols[s].name;
				if (name)
					assert_int_equal(
						run("grep -qw '%s' '%s.txt'", name, path, ""), 0);
			}
		}
		assert_int_equal(run("test $(grep -c 'DLL Name: ' '%s.txt') = 2", path, "", ""), 0);
		for (size_t k = 0; k < b->pe.n_exports; k++)
			assert_int_equal(run("grep -qw '%s' '%s.txt'", b->pe.exports[k], path, ""),
					 0);
	}
	test_scratch_remove(dir);
}

/* Files of the fixtures' maker, checksum included, which other code has computed. */
static void test_fixture_maker(void **state)
{
	static const char *const machines[] = {"x86", "x64"};
	struct bench *b = *state;
	const char *bin = getenv("FIXTURE_BIN");
	char dir[TEST_PATH], path[TEST_PATH + 32];
	size_t len;
	if (!bin || !*bin)
		skip();
	test_scratch(dir);
	snprintf(path, sizeof(path), "%s/x.sys", dir);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(
			run("'%s/mkpe' '%s' --machine %s --size 5000", bin, path, machines[i]), 0);
		free(b->bytes);
		b->bytes = test_read(path, &len);
		assert_int_equal(again(b, len), 0);
		assert_string_equal(pe_machine_name(b->pe.machine), machines[i]);
		assert_true(b->pe.native && b->pe.checksum_ok && b->pe.checksum);
		assert_null(b->pe.problem);
		assert_int_equal(again(b, len - 1), 0);
		assert_true(b->pe.truncated);
	}
	test_scratch_remove(dir);
}

#define TEST(t) cmocka_unit_test_setup_teardown(t, setup, teardown)

/* Headers alone say what the whole file says of them; what lies further inside stays unknown. */
static void test_head(void **state)
{
	struct bench *b = *state;
	struct pe pe;
	struct err err = {0};
	struct build build = {.machine = 0x8664, .imports = {{"hal.dll", {"X", NULL}}}};
	free(b->bytes);
	b->bytes = build_pe(&build);
	const struct span head = {b->bytes, BUILD_HEADERS};
	assert_int_equal(pe_read_head(head, BUILD_END, &pe, &err), 0);
	assert_int_equal(pe.machine, 0x8664);
	assert_true(pe.native && pe.checksum_ok && !pe.problem);
	assert_int_equal(pe.n_imports, 0);
	assert_null(pe_unfit(&pe, "x64", b->arena, &err).plain);
	assert_null(pe_unfit(&pe, NULL, b->arena, &err).plain);
	assert_string_equal(pe_unfit(&pe, "x86", b->arena, &err).plain,
			    "is for x64, this Windows is x86");
	assert_int_equal(pe_read_head(head, BUILD_END - 1, &pe, &err), 0);
	assert_non_null(strstr(pe_unfit(&pe, "x64", b->arena, &err).plain, "truncated"));
	for (size_t len = 64; len < build_sections(&build) + 3 * 40; len++) {
		err_clear(&err);
		assert_int_equal(pe_read_head((struct span){b->bytes, len}, BUILD_END, &pe, &err),
				 -1);
		assert_int_equal(err.code, E_UNSUPPORTED);
		err_clear(&err);
		assert_int_equal(pe_read_head((struct span){b->bytes, len}, len, &pe, &err), -1);
		assert_int_equal(err.code, E_CORRUPT);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_headers),
		TEST(test_imports),
		TEST(test_exports),
		TEST(test_no_tables),
		TEST(test_not_native),
		TEST(test_checksum),
		TEST(test_not_pe),
		TEST(test_bad_headers),
		TEST(test_cut_anywhere),
		TEST(test_signature_cut),
		TEST(test_headers_cut),
		TEST(test_import_lies),
		TEST(test_import_names),
		TEST(test_too_many_dlls),
		TEST(test_too_many_symbols),
		TEST(test_names_are_bounded),
		TEST(test_export_lies),
		TEST(test_random_damage),
		TEST(test_head),
		TEST(test_objdump),
		TEST(test_fixture_maker),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
