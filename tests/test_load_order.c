/* SPDX-License-Identifier: MIT */
/*
 * The order of boot-start drivers: hives written as text, each with one thing to be ordered by,
 * and two real hives whose order was worked out by hand from their lists and compared with what
 * boot logs of such systems show.
 */
#include "rehearsal_test.h"

#include "stop7b/catalogue.h"
#include "stop7b/load_order.h"

#define GROUPS      "[ControlSet001\\Control\\ServiceGroupOrder]\n\"List\"=multi:"
#define TAGS        "[ControlSet001\\Control\\GroupOrderList]\n"
#define BOOT(name)  DRIVER("001", name, "0")
#define IN(name, g) "[ControlSet001\\Services\\" name "]\n\"Start\"=dword:0\n\"Group\"=\"" g "\"\n"
#define TAG(n)      "\"Tag\"=dword:" n "\n"

static const struct load_request anywhere = {0};
static const struct load_request last_machine = {.machine = "1"};

static struct load_list order_as(struct bench *b, const struct load_request *request)
{
	struct load_list list;
	struct err err = {0};
	if (load_order(&b->hive, &b->inst, request, b->arena, &list, &err) < 0)
		fail_msg("%s", err.text);
	return list;
}

static void names_of(const struct load_list *list, char out[4096])
{
	out[0] = '\0';
	for (size_t i = 0; i < list->n; i++) {
		size_t len = strlen(out);
		snprintf(out + len, 4096 - len, "%s%s", len ? " " : "",
			 list->items[i].service->name);
	}
}

static void expect_list(const struct load_list *list, const char *names)
{
	char found[4096];
	names_of(list, found);
	assert_string_equal(found, names);
}

/* The order of a hive written as text, for a release. */
static struct load_list order_of(struct bench *b, uint16_t release, const char *text,
				 const char *names)
{
	model_of(b, text);
	b->inst.release = release;
	struct load_list list = order_as(b, &anywhere);
	expect_list(&list, names);
	return list;
}

static const struct load_item *item(const struct load_list *list, const char *name)
{
	for (size_t i = 0; i < list->n; i++) {
		if (text_equal(list->items[i].service->name, name))
			return &list->items[i];
	}
	fail_msg("%s is not in the list", name);
	return NULL;
}

/* ---- groups and tags ---- */

static void test_groups(void **state)
{
	struct load_list list = order_of(
		*state, WIN_7,
		GROUPS "\"One\",\"Two\",\"Three\",\"one\"\n\n" IN("a", "Three") IN("b", "TWO")
			IN("c", "Nowhere") BOOT("d") IN("e", "One"),
		"e b a d c");
	assert_int_equal(item(&list, "e")->group_index, 0);
	assert_int_equal(item(&list, "a")->group_index, 2);
	assert_int_equal(item(&list, "c")->group_index, LOAD_UNLISTED);
	assert_int_equal(item(&list, "d")->group_index, LOAD_UNLISTED);
	assert_null(item(&list, "d")->group);
	assert_string_equal(item(&list, "b")->group, "TWO");
	assert_null(item(&list, "c")->problem.plain); /* healthy hives have such groups */
	assert_null(list.problem.plain);
}

static void test_tags(void **state)
{
	struct load_list list = order_of(
		*state, WIN_7,
		GROUPS "\"G\"\n\n" TAGS "\"g\"=tags:9,4,7\n\n" IN("a", "G") TAG("7") IN("b", "G")
			TAG("5") IN("c", "G") IN("d", "G") TAG("4") IN("e", "G") TAG("9"),
		"e d a b c");
	assert_int_equal(item(&list, "e")->tag_index, 0);
	assert_int_equal(item(&list, "a")->tag_index, 2);
	assert_int_equal(item(&list, "a")->tag, 7);
	assert_int_equal(item(&list, "b")->tag_index, LOAD_UNLISTED);
	assert_int_equal(item(&list, "c")->tag_index, LOAD_UNLISTED);
	assert_int_equal(item(&list, "c")->tag, UINT32_MAX);
}

static void test_tags_without_list(void **state)
{
	order_of(*state, WIN_7,
		 GROUPS "\"G\"\n\n" IN("a", "G") TAG("30") IN("b", "G") TAG("2") IN("c", "G")
			 TAG("9"),
		 "b c a");
}

/* Equal tags in the registry's order, no tags in the reverse of it. */
static void test_ties(void **state)
{
	order_of(*state, WIN_7,
		 GROUPS "\"G\"\n\n" TAGS "\"G\"=tags:1,2\n\n" IN("a", "G") TAG("2") IN("b", "G")
			 TAG("2") IN("c", "G") TAG("2") IN("x", "G") IN("y", "G") IN("z", "G"),
		 "a b c z y x");
	/* "d" and "c" arrive before anything greater, "a" after "b" has */
	order_of(*state, WIN_7,
		 GROUPS "\"G\"\n\n" TAGS "\"G\"=tags:1,2\n\n" IN("a", "G") TAG("2") IN("b", "G")
			 IN("c", "G") TAG("2") IN("d", "G") TAG("2"),
		 "a d c b");
}

static void test_registry_order(void **state)
{
	/* upper case counts: '_' stands behind the letters */
	order_of(*state, WIN_7,
		 GROUPS "\"G\"\n\n" TAGS "\"G\"=tags:1\n\n" IN("A_", "G") TAG("1") IN("ab", "G")
			 TAG("1") IN("zz", "G"),
		 "ab A_ zz");
}

static void test_unlisted(void **state)
{
	static const char text[] = GROUPS "\"G\"\n\n" TAGS "\"P\"=tags:5,3\n\n" IN("a", "P")
		TAG("3") IN("b", "P") IN("c", "P") TAG("5") BOOT("d") IN("e", "G") IN("f", "P")
			TAG("8");
	order_of(*state, WIN_7, text, "e f d c b a");
	order_of(*state, WIN_10, text, "e c a f d b");
	order_of(*state, WIN_8, text, "e c a f d b");
}

static void test_tag_without_group(void **state)
{
	order_of(*state, WIN_10,
		 GROUPS "\"G\"\n\n" TAGS "\"P\"=tags:5\n\n" BOOT("a") IN("b", "P")
			 TAG("6") "[ControlSet001\\Services\\c]\n\"Start\"=dword:0\n" TAG("1"),
		 "b c a");
}

#define PATH_TO(f) "\"ImagePath\"=expand:\"system32\\\\DRIVERS\\\\" f "\"\n"

static void test_early(void **state)
{
	static const char text[] = GROUPS "\"G\"\n\n" IN("a", "G")
		IN("b", "Core Security Extensions") IN("c", "Early-Launch") IN("d", "Other")
			PATH_TO("acpi.sys") IN("e", "Other") PATH_TO("Wdf01000.sys")
				IN("f", "Core Platform Extensions") IN("g", "Other")
					PATH_TO("acpi2.sys");
	struct load_list list = order_of(*state, WIN_10, text, "e d c f b a g");
	assert_true(item(&list, "e")->early);
	assert_true(item(&list, "b")->early);
	assert_false(item(&list, "a")->early);
	assert_false(item(&list, "g")->early);
	list = order_of(*state, WIN_8, text, "e d c f b a g");
	list = order_of(*state, WIN_7, text, "a g f e d c b");
	assert_false(item(&list, "e")->early);
}

/* ---- which drivers ---- */

#define FLAGS(bits) "\"BootFlags\"=dword:" bits "\n\n"
#define NO_START                                                                                   \
	"[ControlSet001\\Services\\e]\n\"Type\"=dword:1\n\n"                                       \
	"[ControlSet001\\Services\\f]\n\"Start\"=\"0\"\n\n"

#define OVERRIDE(name, id, v)                                                                      \
	"[ControlSet001\\Services\\" name "\\StartOverride]\n\"" id "\"=dword:" v "\n\n"
#define LAST_ID "[HardwareConfig]\n\"LastId\"=dword:1\n\"LastConfig\"=\"{x}\"\n\n"

static void test_which(void **state)
{
	struct bench *b = *state;
	struct load_list list = order_of(b, WIN_7,
					 BOOT("a") DRIVER("001", "b", "1") DRIVER("001", "c", "3")
						 FLAGS("14") DRIVER("001", "d", "4") FLAGS("2")
							 NO_START,
					 "a");
	assert_int_equal(item(&list, "a")->reason, LOAD_START);
	list = order_as(b, &(struct load_request){.boot_flags = 0x10});
	expect_list(&list, "c a");
	assert_int_equal(item(&list, "c")->reason, LOAD_BOOT_FLAGS);
	list = order_as(b, &(struct load_request){.boot_flags = 0x2});
	expect_list(&list, "d a");
	list = order_as(b, &(struct load_request){.boot_flags = 0x8});
	expect_list(&list, "a");
}

static void test_overrides(void **state)
{
	struct bench *b = *state;
	struct load_list list = order_of(b, WIN_10,
					 LAST_ID BOOT("a") OVERRIDE("a", "1", "3") BOOT("b")
						 OVERRIDE("b", "0", "3") DRIVER("001", "c", "3")
							 OVERRIDE("c", "1", "0") BOOT("d")
								 OVERRIDE("d", "1", "0"),
					 "d b a");
	assert_true(item(&list, "a")->parked);
	assert_true(item(&list, "b")->parked);
	assert_false(item(&list, "d")->parked);
	list = order_as(b, &last_machine);
	expect_list(&list, "d c b");
	assert_false(item(&list, "b")->parked);
}

static void test_file_system(void **state)
{
	struct load_list list = order_of(
		*state, WIN_7,
		GROUPS "\"Boot File System\",\"G\"\n\n" DRIVER(
			"001", "ntfs", "3") "\"Group\"=\"Boot File System\"\n\n" IN("a", "G")
			BOOT("z"),
		"ntfs a z");
	assert_int_equal(item(&list, "ntfs")->reason, LOAD_FILE_SYSTEM);
	list = order_of(*state, WIN_7, BOOT("NTFS") BOOT("a"), "NTFS a");
	assert_int_equal(item(&list, "NTFS")->reason, LOAD_FILE_SYSTEM);
}

static void test_other_set(void **state)
{
	struct bench *b = *state;
	struct err err = {0};
	struct load_list list;
	order_of(b, WIN_7,
		 BOOT("a") DRIVER("002", "b", "0") DRIVER(
			 "002", "c",
			 "0") "\"Group\"=\"G\"\n\n[ControlSet002\\Control\\ServiceGroupOrder]\n"
			      "\"List\"=multi:\"G\"\n\n",
		 "a");
	list = order_as(b, &(struct load_request){.control_set = 2});
	expect_list(&list, "c b");
	assert_int_equal(load_order(&b->hive, &b->inst, &(struct load_request){.control_set = 3},
				    b->arena, &list, &err),
			 -1);
	assert_int_equal(err.code, E_USAGE);
	err_clear(&err);
	b->inst.boots_with = 0;
	assert_int_equal(load_order(&b->hive, &b->inst, &anywhere, b->arena, &list, &err), -1);
	assert_int_equal(err.code, E_NOWINDOWS);
}

static void test_without_hive(void **state)
{
	struct bench *b = *state;
	struct load_list list;
	order_of(b, WIN_7, GROUPS "\"G\"\n\n" IN("b", "G") BOOT("a") BOOT("c"), "b c a");
	assert_int_equal(load_order(NULL, &b->inst, &anywhere, b->arena, &list, NULL), 0);
	expect_list(&list, "c b a");
	assert_non_null(list.problem.plain);
}

/* ---- bad input ---- */

#define TWO_TAGGED IN("a", "G") TAG("2") IN("b", "G") TAG("1")

static void expect_problem(struct bench *b, const char *tags, const char *names, const char *words)
{
	char text[4096];
	snprintf(text, sizeof(text), "%s%s%s\n\n%s", GROUPS "\"G\"\n\n", TAGS, tags, TWO_TAGGED);
	struct load_list list = order_of(b, WIN_7, text, names);
	if (!words) {
		assert_null(item(&list, "a")->problem.plain);
		return;
	}
	assert_non_null(item(&list, "a")->problem.plain);
	assert_non_null(strstr(item(&list, "a")->problem.plain, words));
}

static void test_bad_tag_lists(void **state)
{
	struct bench *b = *state;
	expect_problem(b, "\"G\"=hex:02,00,00,00,02,00,00,00,01,00,00,00", "a b", NULL);
	expect_problem(b, "\"G\"=hex:ff,ff,ff,ff,02,00,00,00,01,00,00,00", "a b", "fewer tags");
	expect_problem(b, "\"G\"=hex:03,00,00,00,02,00,00,00,01,00,00,00", "a b", "fewer tags");
	/* a count below what is there ends the list */
	expect_problem(b, "\"G\"=hex:01,00,00,00,01,00,00,00,02,00,00,00", "b a", NULL);
	expect_problem(b, "\"G\"=hex:02,00,00", "b a", "cannot be read");
	expect_problem(b, "\"G\"=hex:", "b a", "cannot be read");
	expect_problem(b, "\"G\"=dword:2", "b a", "not REG_BINARY");
	expect_problem(b, "\"G\"=fill:16008,41", "b a", "longer than any Windows");
	expect_problem(b, "\"G\"=fill:16004,41", "b a", "fewer tags");
}

static void test_bad_tags(void **state)
{
	struct load_list list = order_of(
		*state, WIN_7,
		GROUPS "\"G\"\n\n" TAGS
		       "\"G\"=tags:1,2\n\n" IN("a", "G") "\"Tag\"=\"1\"\n" IN("b", "G") TAG("2")
			       IN("c", "G") "\"Type\"=dword:10\n" IN("d", "G") "\"Type\"=dword:8\n",
		"b d c a");
	assert_non_null(strstr(item(&list, "a")->problem.plain, "Tag is not a REG_DWORD"));
	assert_non_null(strstr(item(&list, "c")->problem.plain, "Type"));
	assert_null(item(&list, "b")->problem.plain);
	assert_null(item(&list, "d")->problem.plain);
}

static void test_bad_group_order(void **state)
{
	struct load_list list = order_of(*state, WIN_7, TWO_TAGGED, "b a");
	assert_non_null(list.problem.plain);
	list = order_of(
		*state, WIN_7,
		"[ControlSet001\\Control\\ServiceGroupOrder]\n\"List\"=\"G\"\n\n" TWO_TAGGED,
		"b a");
	assert_non_null(list.problem.plain);
}

/* More groups than any Windows has: those behind the limit count as unlisted. */
static void test_many_groups(void **state)
{
	struct bench *b = *state;
	static char text[64 * 1024];
	size_t len = (size_t)snprintf(text, sizeof(text), "%s", GROUPS);
	for (unsigned i = 0; i <= LOAD_GROUPS_MAX; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s\"G%u\"", i ? "," : "",
					i);
	snprintf(text + len, sizeof(text) - len, "\n\n" IN("a", "G1023") IN("b", "G1024"));
	model_of(b, text);
	struct load_list list = order_as(b, &anywhere);
	assert_int_equal(item(&list, "a")->group_index, 1023);
	assert_int_equal(item(&list, "b")->group_index, LOAD_UNLISTED);
	assert_non_null(list.problem.plain);
}

/* ---- real hives ---- */

static void test_real_7(void **state)
{
	struct bench *b = *state;
	open_real(b, "win7_sp1_x86_wks732");
	struct load_list list = order_as(b, &last_machine);
	expect_list(&list,
		    "Wdf01000 ACPI msisadrv pci vdrvroot partmgr Compbatt intelide volmgr volmgrx "
		    "vmbus mountmgr atapi LSI_SCSI LSI_SAS amdxata FltMgr FileInfo mfehidk CLFS "
		    "Ntfs KSecDD CNG pcw Fs_Rec NDIS KSecPkg Tcpip mfewfpk storflt volsnap spldr "
		    "rdyboost Mup hwpolicy fvevol Disk");
	assert_int_equal(item(&list, "atapi")->tag_index, 63);
	assert_string_equal(item(&list, "Disk")->file ? item(&list, "Disk")->file : "", "");
	for (size_t i = 0; i < list.n; i++)
		assert_null(list.items[i].problem.plain);
	assert_null(list.problem.plain);
}

static void expect_before(const struct load_list *list, const char *const *names)
{
	for (; names[1]; names++) {
		if (item(list, names[0]) >= item(list, names[1]))
			fail_msg("%s does not come before %s", names[0], names[1]);
	}
}

static void test_real_10(void **state)
{
	static const char *const order[] = {
		"Wdf01000",    "acpiex",   "CNG",      "ACPI",     "WdBoot",   "intelpep",
		"pcw",         "msisadrv", "pci",      "vdrvroot", "partmgr",  "spaceport",
		"volmgr",      "volmgrx",  "mountmgr", "LSI_SAS",  "atapi",    "storahci",
		"EhStorClass", "FltMgr",   "FileInfo", "Wof",      "WdFilter", "CLFS",
		"Ntfs",        "KSecDD",   "NDIS",     "Tcpip",    "fvevol",   "volume",
		"volsnap",     "rdyboost", "iorate",   "disk",     NULL};
	struct bench *b = *state;
	open_real(b, "win10_190x_x64_2kgm189_dirty_nolog");
	struct load_list list = order_as(b, &(struct load_request){.machine = b->inst.last_id});
	char names[4096];
	names_of(&list, names);
	assert_null(strstr(names, "stornvme"));
	assert_int_equal(list.n, 50);
	expect_before(&list, order);
	/* for any other machine the parked drivers are read too: 44 overrides of W10a */
	list = order_as(b, &anywhere);
	size_t parked = 0;
	for (size_t i = 0; i < list.n; i++)
		parked += list.items[i].parked;
	assert_int_equal(list.n, 50 + parked);
	assert_int_equal(parked, 44);
	assert_true(item(&list, "stornvme")->parked);
	assert_false(item(&list, "storahci")->parked);
}

/* Any real hive gives a list without anybody's files, a damaged one too. */
static void test_real_others(void **state)
{
	static const char *const names[] = {"nt4_x86_dc_server", "xp_sp3_x86_iecompatvhd",
					    "win81_x64_sensei_dirty_nolog",
					    "xp_x86_ginevra_corrupted", "win10_trimmed_qthivex"};
	struct bench *b = *state;
	for (size_t i = 0; i < COUNT(names); i++) {
		open_real(b, names[i]);
		struct load_list list = order_as(b, &anywhere);
		assert_true(list.n >= 3);
	}
	open_real(b, "xp_sp3_x86_iecompatvhd");
	struct load_list list = order_as(b, &anywhere);
	expect_before(&list, (const char *const[]){"ACPI", "PCI", "isapnp", "IntelIde", "MountMgr",
						   "atapi", "Disk", NULL});
}

#define TEST(t) cmocka_unit_test_setup_teardown(t, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_groups),
		TEST(test_tags),
		TEST(test_tags_without_list),
		TEST(test_ties),
		TEST(test_registry_order),
		TEST(test_unlisted),
		TEST(test_tag_without_group),
		TEST(test_early),
		TEST(test_which),
		TEST(test_overrides),
		TEST(test_file_system),
		TEST(test_other_set),
		TEST(test_without_hive),
		TEST(test_bad_tag_lists),
		TEST(test_bad_tags),
		TEST(test_bad_group_order),
		TEST(test_many_groups),
		TEST(test_real_7),
		TEST(test_real_10),
		TEST(test_real_others),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
