/* SPDX-License-Identifier: MIT */
/*
 * .inf files taken apart: text, sections, strings, decorations, models, services, registry values.
 */
#include "test.h"

#include "src/windows/inf.h"

static const struct inf_windows windows10 = {10, 0, 19041, "x64", false, true};
static const struct inf_windows windows7 = {6, 1, 7601, "x86", false, true};

static struct inf read_bytes(struct arena *arena, const void *p, size_t len)
{
	struct inf inf;
	struct err err = {0};
	if (inf_read((struct span){p, len}, arena, &inf, &err) < 0)
		fail_msg("%s", err.text);
	return inf;
}

static struct inf read_text(struct arena *arena, const char *text)
{
	return read_bytes(arena, text, strlen(text));
}

static const char *line_text(const struct inf *inf, const char *section, size_t i,
			     struct arena *arena)
{
	const struct inf_section *s = inf_section(inf, section);
	assert_non_null(s);
	assert_true(i < s->n);
	const char *text = arena_printf(arena, "%s=", s->lines[i].key ? s->lines[i].key : "");
	for (size_t k = 0; k < s->lines[i].n; k++)
		text = arena_printf(arena, "%s%s<%s>", text, k ? "," : "", s->lines[i].fields[k]);
	return text;
}

/* ---- text ---- */

static const struct {
	const char *line, *becomes;
} lines[] = {
	{"a = b", "a=<b>"},
	{"  a=b , c  ", "a=<b>,<c>"},
	{"a = b ; c = d", "a=<b>"},
	{"a = \"b ; c\" ; d", "a=<b ; c>"},
	{"a = \"say \"\"no\"\"\"", "a=<say \"no\">"},
	{"a = \" b \"", "a=< b >"},
	{"a = b \\\n , c", "a=<b>,<c>"},
	{"a = b,\\ ; why\n c", "a=<b>,<c>"},
	{"a = c:\\dir\\x", "a=<c:\\dir\\x>"},
	{"a = \"unfinished", "a=<unfinished>"},
	{"a = b = c", "a=<b = c>"},
	{"a = , b,", "a=<>,<b>,<>"},
	{"x.sys, y.sys", "=<x.sys>,<y.sys>"},
	{",", "=<>,<>"},
	{"x.sys", "=<x.sys>"},
	{"a = %one%", "a=<first>"},
	{"a = \"%One% and %two%\"", "a=<first and second, or so>"},
	{"a = 100%%", "a=<100%>"},
	{"a = %12%\\x.sys", "a=<%12%\\x.sys>"},
	{"%one% = b", "first=<b>"},
	{"a = %loop%", "a=<%loop%>"},
	{"a = 5%", "a=<5%>"},
};

static void test_lines(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		struct arena *arena = arena_new();
		const char *text = arena_printf(arena,
						"[s]\r\n%s\r\n[strings]\none = first\n"
						"two = \"second, or so\"\nloop = %%loop%%\n",
						lines[i].line);
		struct inf inf = read_text(arena, text);
		assert_string_equal(line_text(&inf, "S", 0, arena), lines[i].becomes);
		assert_int_equal(inf_section(&inf, "s")->n, 1);
		arena_free(arena);
	}
}

static void test_sections(void **state)
{
	(void)state;
	struct arena *arena = arena_new();
	struct inf inf = read_text(arena,
				   "; nothing\n\n[b]\nx=1\n[a]\ny=2\n  [ B]\n[B] ; c\nz=3\nx=4\n"
				   "[empty]\n[Strings.0409]\nz=english\n[c]\nq=%z%");
	size_t at = 0;
	assert_int_equal(inf.n, 6);
	assert_int_equal(inf_section(&inf, "b")->n, 3);
	assert_string_equal(inf_section(&inf, "b")->name, "b");
	assert_int_equal(inf_section(&inf, "empty")->n, 0);
	assert_null(inf_section(&inf, "d"));
	assert_null(inf_section(&inf, NULL));
	assert_string_equal(inf_value(inf_section(&inf, "B"), "X"), "1");
	assert_int_equal(inf_next(inf_section(&inf, "b"), "x", &at)->number, 4);
	assert_int_equal(inf_next(inf_section(&inf, "b"), "x", &at)->number, 10);
	assert_null(inf_next(inf_section(&inf, "b"), "x", &at));
	assert_null(inf_value(NULL, "x"));
	assert_string_equal(inf_value(inf_section(&inf, "c"), "q"), "english");
	arena_free(arena);
}

/* The same file in every encoding. */
static void test_encodings(void **state)
{
	static const char wide[] = "\xff\xfe[\0a\0]\0\n\0x\0=\0\xe4\0\n\0";
	static const char big[] = "\xfe\xff\0[\0a\0]\0\n\0x\0=\0\xe4\0\n";
	static const char utf8[] = "\xef\xbb\xbf[a]\nx=\xc3\xa4\n";
	static const char latin[] = "[a]\nx=\xe4\n";
	static const struct span forms[] = {
		{(const uint8_t *)wide, sizeof(wide) - 1},
		{(const uint8_t *)wide + 2, sizeof(wide) - 3},
		{(const uint8_t *)big, sizeof(big) - 1},
		{(const uint8_t *)big + 2, sizeof(big) - 3},
		{(const uint8_t *)utf8, sizeof(utf8) - 1},
		{(const uint8_t *)utf8 + 3, sizeof(utf8) - 4},
		{(const uint8_t *)latin, sizeof(latin) - 1},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		struct arena *arena = arena_new();
		struct inf inf = read_bytes(arena, forms[i].p, forms[i].len);
		assert_string_equal(inf_value(inf_section(&inf, "a"), "x"), "\xc3\xa4");
		arena_free(arena);
	}
}

static void expect_refused(const char *text, size_t len, enum err_code code)
{
	struct arena *arena = arena_new();
	struct err err = {0};
	struct inf inf;
	assert_int_equal(inf_read((struct span){(const uint8_t *)text, len}, arena, &inf, &err),
			 -1);
	assert_int_equal(err.code, code);
	arena_free(arena);
}

/* len bytes of text, and what comes behind it again and again up to there. */
static char *repeated(const char *text, const char *again, size_t len)
{
	char *p = malloc(len + strlen(again) + 1);
	size_t at = strlen(text);
	assert_non_null(p);
	memcpy(p, text, at);
	for (; at < len; at += strlen(again))
		memcpy(p + at, again, strlen(again));
	return p;
}

static void test_limits(void **state)
{
	static const struct {
		const char *text, *again;
		size_t len;
		enum err_code code;
	} files[] = {
		{"x=1\n", "", 4, E_CORRUPT},
		{"[a]\nx=\0", "y", 12, E_CORRUPT},
		{"[a]\n", "\n", INF_BYTES_MAX + 1, E_UNSUPPORTED},
		{"[a]\n", "x\n", 2 * INF_LINES_MAX + 100, E_UNSUPPORTED},
		{"[a]\n", ",", INF_FIELDS_MAX + 100, E_UNSUPPORTED},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		char *p = repeated(files[i].text, files[i].again, files[i].len);
		if (i == 1)
			p[6] = '\0';
		expect_refused(p, files[i].len, files[i].code);
		free(p);
	}
}

/* A string of 64 KB put in a thousand times. */
static void test_growing_strings(void **state)
{
	(void)state;
	char *head = repeated("[strings]\ns=\"", "y", 65536);
	head[65535] = '\0';
	char *text = malloc(100000);
	size_t at = (size_t)snprintf(text, 100000, "%s\"\n[a]\n", head);
	for (size_t i = 0; i < 1000; i++)
		at += (size_t)snprintf(text + at, 100000 - at, "x=%%s%%\n");
	expect_refused(text, at, E_UNSUPPORTED);
	free(text);
	free(head);
}

static void test_numbers(void **state)
{
	uint32_t n;
	(void)state;
	assert_true(inf_number("17", &n) && n == 17);
	assert_true(inf_number("0x1F", &n) && n == 31);
	assert_true(inf_number("-1", &n) && n == UINT32_MAX);
	assert_true(inf_number("010", &n) && n == 10);
	assert_false(inf_number("", &n));
	assert_false(inf_number("0x", &n));
	assert_false(inf_number("1x", &n));
	assert_false(inf_number("+1", &n));
	assert_false(inf_number("4294967296", &n));
	assert_false(inf_number("99999999999999999999999", &n));
}

/* ---- decorations ---- */

static const struct {
	const char *text;
	bool on_10, on_7; /* 10.0.19041 x64, 6.1.7601 x86 */
} decorations[] = {
	{"NTamd64", true, false},
	{"ntx86", false, true},
	{"NT", false, true},
	{"NT.6.1", false, true},
	{"NTamd64.6.1", true, false},
	{"NTamd64.10.0", true, false},
	{"NTamd64.10.0...16299", true, false},
	{"NTamd64.10.0...19041", true, false},
	{"NTamd64.10.0...19042", false, false},
	{"NTamd64.6.3...99999", true, false},
	{"NTamd64.11", false, false},
	{"NTx86.6.1", false, true},
	{"NTx86.6.1...7602", false, false},
	{"NTx86.6.2", false, false},
	{"NTx86.5.1", false, true},
	{"NTamd64.10.0.1", true, false},
	{"NTamd64.10.0.3", false, false},
	{"NTarm64", false, false},
	{"NTamd64.x", false, false},
	{"NTamd64.10.0.0.0.1.1", false, false},
	{"NTamd64.123456789012345", false, false},
	{"amd64", false, false},
	{"", false, false},
};

static void test_decorations(void **state)
{
	uint64_t rank;
	(void)state;
	for (size_t i = 0; i < sizeof(decorations) / sizeof(decorations[0]); i++) {
		if (inf_decoration(decorations[i].text, &windows10, &rank) !=
			    decorations[i].on_10 ||
		    inf_decoration(decorations[i].text, &windows7, &rank) != decorations[i].on_7)
			fail_msg("%s", decorations[i].text);
	}
}

static void test_ranks(void **state)
{
	static const char *const order[] = {
		"NTamd64",        "NTamd64.6.1",          "NTamd64.6.3...9600",  "NTamd64.10.0",
		"NTamd64.10.0.1", "NTamd64.10.0...14393", "NTamd64.10.0...16299"};
	uint64_t before = 0, rank;
	(void)state;
	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		assert_true(inf_decoration(order[i], &windows10, &rank));
		assert_true(rank > before);
		before = rank;
	}
}

static size_t count_models(const char *text, const struct inf_windows *w, const char **first,
			   const char **why)
{
	struct arena *arena = arena_new();
	struct inf inf = read_text(arena, text);
	struct inf_model *models;
	struct said said;
	struct err err = {0};
	size_t n;
	static char kept[2][200];
	assert_int_equal(inf_models(&inf, w, arena, &models, &n, &said, &err), 0);
	snprintf(kept[0], 200, "%s", n ? models[0].install : "");
	snprintf(kept[1], 200, "%s", said.plain ? said.plain : "");
	*first = kept[0];
	*why = kept[1];
	arena_free(arena);
	return n;
}

static void test_models(void **state)
{
	const char *first, *why;
	(void)state;
	static const char both[] =
		"[Manufacturer]\n%m% = M, NTamd64.6.1, NTamd64.10.0...16299\n"
		"[M]\nold = o, PCI\\A\n[M.NTamd64.6.1]\nseven = s, PCI\\A, PCI\\B\n"
		"[M.NTamd64.10.0...16299]\nten = t, PCI\\A\nmore = t, PCI\\C\n";
	assert_int_equal(count_models(both, &windows10, &first, &why), 2);
	assert_string_equal(first, "t");
	assert_int_equal(count_models(both, &windows7, &first, &why), 1);
	assert_string_equal(first, "o");
	static const char never[] = "[Manufacturer]\nx = M, NTamd64, NTamd64.10.0\n[M.NTamd64]\n"
				    "a = b, PCI\\A\n[M.NTamd64.10.0]\n";
	assert_int_equal(count_models(never, &windows10, &first, &why), 0);
	static const char plain[] = "[Manufacturer]\nM\n[M]\na = b, PCI\\A\n";
	assert_int_equal(count_models(plain, &windows7, &first, &why), 1);
	assert_int_equal(count_models(plain, &windows10, &first, &why), 0);
	assert_string_equal(why, "it lists no device for this Windows");
	static const char arm[] = "[Manufacturer]\nx = M, NTarm64\n[M.NTarm64]\na = b, PCI\\A\n";
	assert_int_equal(count_models(arm, &windows10, &first, &why), 0);
	assert_string_equal(why, "it is not for this Windows (its sections are for NTarm64)");
	assert_int_equal(count_models("[Version]\n", &windows10, &first, &why), 0);
	assert_string_equal(why, "it lists no manufacturer: it installs no device");
}

/* ---- services ---- */

static const char whole[] =
	"[DestinationDirs]\nDefaultDestDir = 11\nd.Copy = 12\n"
	"[d_inst]\nCopyFiles = nothing\n"
	"[d_inst.NTamd64]\nCopyFiles = d.Copy, @extra.dll\nFeatureScore = 0x80\n"
	"[d_inst.NTamd64.Services]\nAddService = helper,,h_serv\n"
	"AddService = d, %SPSVCINST%, d_serv, log\n"
	"[d_inst.NTamd64.HW]\nAddReg = msi\n"
	"[msi]\nHKR,Interrupt Management,,0x10\n"
	"[d.Copy]\nD.sys,dwin.sys,,2\nother.sys\n"
	"[d_serv]\nDisplayName = x\nServiceType = 1\nStartType = %boot%\nErrorControl = 0x1\n"
	"ServiceBinary = %12%\\d.sys\nLoadOrderGroup = SCSI miniport\nAddReg = d_reg\n"
	"[d_reg]\nHKR,Parameters,BusType,0x10001,0x0A\nHKR,\"Parameters\\PnpInterface\",5,65537,1\n"
	"HKR,Parameters,Deleted,4\nHKLM,Software\\X,y,,z\n"
	"HKLM,System\\CurrentControlSet\\Services\\d\\Parameters,Words,0x10002,a,b\n"
	"HKR,Parameters\\Device,,0x10\n"
	"[SourceDisksNames]\n1 = disk,,,\\drv\n[SourceDisksFiles]\ndwin.sys = 1\n"
	"[SourceDisksFiles.amd64]\ndwin.sys = 1,amd64\\.\\x\n"
	"[Strings]\nSPSVCINST = 0x00000002\nboot = 0\n";

static struct inf_install install(struct arena *arena, const char *text, const char *section)
{
	struct inf inf = read_text(arena, text);
	struct inf_install out;
	struct err err = {0};
	if (inf_install(&inf, section, &windows10, arena, &out, &err) < 0)
		fail_msg("%s", err.text);
	return out;
}

static void test_service(void **state)
{
	(void)state;
	struct arena *arena = arena_new();
	struct inf_install in = install(arena, whole, "D_Inst");
	const struct inf_service *s = &in.service;
	assert_null(in.refused.plain);
	assert_string_equal(in.section, "d_inst.NTamd64");
	assert_int_equal(in.feature_score, 0x80);
	assert_string_equal(s->name, "d");
	assert_int_equal(s->type, 1);
	assert_int_equal(s->start, 0);
	assert_int_equal(s->error_control, 1);
	assert_string_equal(s->group, "SCSI miniport");
	assert_int_equal(s->dirid, DIR_DRIVERS);
	assert_string_equal(s->file, "d.sys");
	assert_string_equal(s->source, "drv/amd64/x/dwin.sys");
	assert_int_equal(in.n_left, 4);
	assert_string_equal(in.left[0].plain, "service helper");
	assert_string_equal(in.left[1].plain, "registry values below HKLM\\Software\\X");
	assert_string_equal(in.left[2].plain, "file other.sys");
	assert_string_equal(in.left[3].plain, "file extra.dll");
	arena_free(arena);
}

static void check_value(const struct package_value *v, const char *subkey, const char *name,
			uint32_t type, const char *bytes, size_t len, bool keep)
{
	assert_string_equal(v->subkey, subkey);
	if (name)
		assert_string_equal(v->name, name);
	else
		assert_null(v->name);
	assert_int_equal(v->type, type);
	assert_int_equal(v->data.len, len);
	if (len)
		assert_memory_equal(v->data.p, bytes, len);
	assert_int_equal(v->keep, keep);
}

static void test_values(void **state)
{
	(void)state;
	struct arena *arena = arena_new();
	struct inf_install in = install(arena, whole, "d_inst");
	const struct package_value *v = in.service.values;
	assert_int_equal(in.service.n_values, 4);
	check_value(&v[0], "Parameters", "BusType", REG_DWORD, "\x0a\0\0\0", 4, false);
	check_value(&v[1], "Parameters\\PnpInterface", "5", REG_DWORD, "\1\0\0\0", 4, false);
	check_value(&v[2], "Parameters", "Words", REG_MULTI_SZ, "a\0\0\0b\0\0\0\0", 10, true);
	check_value(&v[3], "Parameters\\Device", NULL, 0, "", 0, false);
	arena_free(arena);
}

/* One AddReg line, and what becomes of it. */
static const struct {
	const char *line;
	enum inf_reg_kind kind;
	uint32_t type;
	const char *bytes;
	size_t len;
} reg_lines[] = {
	{"HKR,,a", INF_REG_TAKEN, REG_SZ, "\0\0", 2},
	{"HKR,,a,,xy", INF_REG_TAKEN, REG_SZ, "x\0y\0\0", 6},
	{"HKR,,a,0x20000,\"%x%\"", INF_REG_TAKEN, REG_EXPAND_SZ, "%\0x\0%\0\0", 8},
	{"HKR,,a,0x10000", INF_REG_TAKEN, REG_MULTI_SZ, "\0\0", 2},
	{"HKR,,a,1,01,fe", INF_REG_TAKEN, REG_BINARY, "\x01\xfe", 2},
	{"HKR,,a,0x10001,1,2,3,4", INF_REG_TAKEN, REG_DWORD, "\1\2\3\4", 4},
	{"HKR,,a,0x10001,-1", INF_REG_TAKEN, REG_DWORD, "\xff\xff\xff\xff", 4},
	{"HKR,,a,0xb0001,1,0,0,0,0,0,0,0", INF_REG_TAKEN, REG_QWORD, "\1\0\0\0\0\0\0\0", 8},
	{"HKR,,a,0x20001", INF_REG_TAKEN, REG_NONE, "", 0},
	{"HKR,,a,0x20,b", INF_REG_SKIPPED, 0, "", 0},
	{"HKCR,,a,,b", INF_REG_ELSEWHERE, 0, "", 0},
	{"HKLM,System\\CurrentControlSet\\Services\\dx,a,,b", INF_REG_ELSEWHERE, 0, "", 0},
	{"HKR,,a,0x10001,1,2", INF_REG_NOT_UNDERSTOOD, 0, "", 0},
	{"HKR,,a,0x10001,x", INF_REG_NOT_UNDERSTOOD, 0, "", 0},
	{"HKR,,a,0x10001", INF_REG_NOT_UNDERSTOOD, 0, "", 0},
	{"HKR,,a,1,", INF_REG_TAKEN, REG_BINARY, "", 0},
	{"HKR,,a,0x20001,", INF_REG_TAKEN, REG_NONE, "", 0},
	{"HKR,startoverride,0,0x10001,3", INF_REG_SKIPPED, 0, "", 0},
	{"HKR,,a,1,,", INF_REG_NOT_UNDERSTOOD, 0, "", 0},
	{"HKR,,a,1,100", INF_REG_NOT_UNDERSTOOD, 0, "", 0},
	{"HKR,,a,0x30001,1", INF_REG_NOT_UNDERSTOOD, 0, "", 0},
	{"HKR,,a,0x40,1", INF_REG_NOT_UNDERSTOOD, 0, "", 0},
	{"HKR,,a,flags,1", INF_REG_NOT_UNDERSTOOD, 0, "", 0},
	{"HKR,\\x,a,,1", INF_REG_NOT_UNDERSTOOD, 0, "", 0},
	{"HKR,x\\\\y,a,,1", INF_REG_NOT_UNDERSTOOD, 0, "", 0},
	{"x=HKR,,a,,1", INF_REG_NOT_UNDERSTOOD, 0, "", 0},
};

static void test_reg_lines(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(reg_lines) / sizeof(reg_lines[0]); i++) {
		struct arena *arena = arena_new();
		struct inf inf = read_text(arena,
					   arena_printf(arena, "[r]\n%s\n", reg_lines[i].line));
		struct package_value v = {0};
		enum inf_reg_kind kind;
		struct err err = {0};
		assert_int_equal(inf_reg_read(&inf_section(&inf, "r")->lines[0], "d", arena, &kind,
					      &v, &err),
				 0);
		if (kind != reg_lines[i].kind)
			fail_msg("%s: kind %d", reg_lines[i].line, kind);
		if (kind == INF_REG_TAKEN)
			check_value(&v, "", "a", reg_lines[i].type, reg_lines[i].bytes,
				    reg_lines[i].len, false);
		arena_free(arena);
	}
}

/* The whole file with one text changed, and why it is refused then. */
static const struct {
	const char *from, *to, *why;
} changes[] = {
	{"FeatureScore = 0x80", "Needs = x.NT",
	 "[d_inst.NTamd64] has Needs=x.NT, which is not followed"},
	{"FeatureScore = 0x80", "Include = x.inf",
	 "[d_inst.NTamd64] has Include=x.inf, which is not followed"},
	{"FeatureScore = 0x80", "FeatureScore = best", "FeatureScore is no number: best"},
	{"FeatureScore = 0x80", "FeatureScore = 0x100", "FeatureScore is no number: 0x100"},
	{"AddService = helper,,h_serv", "AddService = helper,2,h_serv",
	 "two services for one device: helper and d"},
	{"AddService = helper,,h_serv", "AddService = helper,what,h_serv",
	 "AddService of helper has unknown flags what"},
	{"AddService = helper,,h_serv", "Needs = machine.Services",
	 "[d_inst.NTamd64.Services] has Needs=machine.Services, which is not followed"},
	{"HKR,Interrupt Management,,0x10", "HKR,,UpperFilters,0x10000,dfilter",
	 "it puts the filter dfilter on its device (UpperFilters)"},
	{"[msi]", "[d_inst.NTamd64.Filters]\nAddFilter = dflt,,f\n[msi]",
	 "it puts the filter dflt on its device (AddFilter)"},
	{"AddReg = msi", "Include = pci.inf, x.inf",
	 "[d_inst.NTamd64.HW] has Include=pci.inf, which is not followed"},
	{"AddReg = msi", "Needs = x.HW",
	 "[d_inst.NTamd64.HW] has Needs=x.HW, which is not followed"},
	{"[d_serv]", "[gone]", "the section of its service, [d_serv], is missing"},
	{"AddService = d,", "AddService = d\\e,", "\"d\\e\" is no name for a service"},
	{"ServiceType = 1", "ServiceType = 0x10", "d is no kernel driver (type 0x10)"},
	{"ErrorControl = 0x1", "ErrorControl = some",
	 "ErrorControl of its service is no number: some"},
	{"ErrorControl = 0x1", "BitReg = x", "BitReg of its service is not understood"},
	{"%12%\\d.sys", "%11%\\d.sys", "its driver is not in System32\\drivers: %11%\\d.sys"},
	{"%12%\\d.sys", "%12%\\..\\d.sys",
	 "its driver is not in System32\\drivers: %12%\\..\\d.sys"},
	{"D.sys,dwin.sys", "E.sys,dwin.sys", "CopyFiles does not bring d.sys"},
	{"D.sys,dwin.sys", "D.sys,..", "\"..\" is no name for a file"},
	{"amd64\\.\\x", "..\\x", "the folder of dwin.sys leads out of the package"},
	{",,,\\drv", ",,,c:\\drv", "the folder of dwin.sys leads out of the package"},
	{"BusType,0x10001,0x0A", "BusType,0x10001,0x0A,1",
	 "line 28, a registry value of its service, is not understood"},
};

static void test_refusals(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		struct arena *arena = arena_new();
		const char *at = strstr(whole, changes[i].from);
		assert_non_null(at);
		struct inf_install in = install(arena,
						arena_printf(arena, "%.*s%s%s", (int)(at - whole),
							     whole, changes[i].to,
							     at + strlen(changes[i].from)),
						"d_inst");
		assert_non_null(in.refused.plain);
		assert_string_equal(in.refused.plain, changes[i].why);
		arena_free(arena);
	}
}

/* What changes nothing about how the driver is loaded is taken. */
static void test_accepted(void **state)
{
	static const struct {
		const char *from, *to, *file;
		unsigned dirid;
	} other[] = {
		{"%12%\\d.sys", "%13%\\d.sys", "d.sys", DIR_STORE},
		{"%12%\\d.sys", "%10%\\system32\\DRIVERS\\d.sys", "d.sys", DIR_DRIVERS},
		{"%12%\\d.sys", "%11%\\drivers\\extra.dll", "extra.dll", DIR_DRIVERS},
		{"AddReg = msi", "Junk = x", "d.sys", DIR_DRIVERS},
		{"AddReg = msi", "Include = PCI.inf, machine.inf\nNeeds = PciX.HW", "d.sys",
		 DIR_DRIVERS},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(other) / sizeof(other[0]); i++) {
		struct arena *arena = arena_new();
		const char *at = strstr(whole, other[i].from);
		struct inf_install in = install(arena,
						arena_printf(arena, "%.*s%s%s", (int)(at - whole),
							     whole, other[i].to,
							     at + strlen(other[i].from)),
						"d_inst");
		assert_null(in.refused.plain);
		assert_string_equal(in.service.file, other[i].file);
		assert_int_equal(in.service.dirid, other[i].dirid);
		arena_free(arena);
	}
}

static void test_no_service(void **state)
{
	(void)state;
	struct arena *arena = arena_new();
	struct inf_install in = install(arena, "[n]\n[n.Services]\nAddService = ,2\n", "n");
	assert_null(in.refused.plain);
	assert_null(in.service.name);
	in = install(arena, "[n]\n", "n");
	assert_null(in.refused.plain);
	assert_null(in.service.name);
	in = install(arena, "[n]\n", "m");
	assert_string_equal(in.refused.plain, "its section [m] is missing");
	arena_free(arena);
}

/* Any bytes end in a model or in words. */
static void test_damage(void **state)
{
	(void)state;
	size_t len = sizeof(whole) - 1;
	char *copy = malloc(len);
	unsigned seed = 7;
	for (size_t round = 0; round < 3000; round++) {
		struct arena *arena = arena_new();
		struct inf inf;
		struct inf_install in;
		struct err err = {0};
		memcpy(copy, whole, len);
		for (size_t k = 0; k < 1 + round % 7; k++) {
			seed = seed * 1103515245 + 12345;
			copy[(seed >> 8) % len] =
				"\n=,;\"[]%\\ \0d"[seed >> 4 & 7 ? seed % 12 : 11];
		}
		size_t cut = round % 3 ? len : (seed >> 3) % len;
		if (inf_read((struct span){(const uint8_t *)copy, cut}, arena, &inf, &err) == 0)
			inf_install(&inf, "d_inst", &windows10, arena, &in, &err);
		arena_free(arena);
	}
	free(copy);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),           cmocka_unit_test(test_sections),
		cmocka_unit_test(test_encodings),       cmocka_unit_test(test_limits),
		cmocka_unit_test(test_growing_strings), cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_decorations),     cmocka_unit_test(test_ranks),
		cmocka_unit_test(test_models),          cmocka_unit_test(test_service),
		cmocka_unit_test(test_values),          cmocka_unit_test(test_reg_lines),
		cmocka_unit_test(test_refusals),        cmocka_unit_test(test_accepted),
		cmocka_unit_test(test_no_service),      cmocka_unit_test(test_damage),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
