/* SPDX-License-Identifier: MIT */
/*
 * Names in a boot store: types of objects, well-known ids, elements. Tables only.
 *
 * An element's number means the same in every object when its class is library, device or setup
 * template; class 2 elements mean what the application makes of them, so a loader's 23000003 is
 * the boot manager's default. The names are those that `bcdedit /enum` prints; an element that it
 * prints as custom:XXXXXXXX has no row here. Setup's own elements (class 4) are of that kind.
 * Sources: doc/FORMATS/bcd.md, "Objects", "Well-known ids", "Elements"; Microsoft, "BCDEdit /set",
 * and the enumerations of the BCD WMI provider (BcdLibraryElementTypes and following).
 */
#include "bcd_internal.h"

#include <string.h>

/* ---- objects ---- */

static const struct {
	uint32_t type;
	unsigned rank;
	const char *kind;
} kinds[] = {
	{0x10100001, 0, "Firmware Boot Manager"},
	{0x10100002, 1, "Windows Boot Manager"},
	{0x101fffff, 2, "Firmware Application (101fffff)"},
	{0x10200003, 3, "Windows Boot Loader"},
	{0x10200004, 4, "Resume from Hibernate"},
	{0x10200005, 5, "Windows Memory Tester"},
	{0x10300006, 6, "Windows Legacy OS Loader"},
	{0x10300007, 7, "Windows Legacy OS Setup Loader"},
	{0x10400008, 8, "Real-mode Boot Sector"},
	{0x10400009, 9, "Real-mode Startup Program"},
	{0x20100000, 10, "Inherited Settings"},
	{0x20200003, 11, "Boot Loader Settings"},
	{0x20200004, 12, "Resume Loader Settings"},
	{0x30000000, 13, "Device options"},
};

#define N_KINDS (sizeof(kinds) / sizeof(kinds[0]))

static const struct {
	const char *guid, *alias, *kind;
} known[] = {
	{"{a5a30fa2-3d06-4e9f-b5f4-a01df9d1fcba}", "{fwbootmgr}", NULL},
	{"{9dea862c-5cdd-4e70-acc1-f32b344d4795}", "{bootmgr}", NULL},
	{"{b2721d73-1db4-4c62-bf78-c548a880142d}", "{memdiag}", NULL},
	{"{466f5a88-0af2-4f76-9038-095b170dc21c}", "{ntldr}", NULL},
	{"{fa926493-6f1c-4193-a414-58f0b2456d1e}", "{current}", NULL},
	{"{1cae1eb7-a0df-4d4d-9851-4860e34ef535}", "{default}", NULL},
	{"{0ce4991b-e6b3-4b16-b23c-5e0d9250e5d9}", "{emssettings}", "EMS Settings"},
	{"{4636856e-540f-4170-a130-a84776f4c654}", "{dbgsettings}", "Debugger Settings"},
	{"{5189b25c-5558-4bf2-bca4-289b11bd29e2}", "{badmemory}", "RAM Defects"},
	{"{7ea2e1ac-2e61-4728-aaa3-896d9d0a9f0e}", "{globalsettings}", "Global Settings"},
	{"{6efb52bf-1766-41db-a6b3-0ee5eff72bd7}", "{bootloadersettings}", NULL},
	{"{7ff607e0-4395-11db-b0de-0800200c9a66}", "{hypervisorsettings}", "Hypervisor Settings"},
	{"{1afa9c49-16ab-4a5c-901b-212802da9460}", "{resumeloadersettings}", NULL},
	{"{313e8eed-7098-4586-a9bf-309c61f8d449}", "{kerneldbgsettings}",
	 "Kernel Debugger Settings"},
	{"{ae5534e0-a924-466c-b836-758539a3ee3a}", "{ramdiskoptions}", "Setup Ramdisk Options"},
	/* without an alias: setup's entries, templates for new entries, options of VHD boot */
	{"{7619dcc9-fafe-11d9-b411-000476eba25f}", NULL, NULL},
	{"{7619dcc8-fafe-11d9-b411-000476eba25f}", NULL, NULL},
	{"{cbd971bf-b7b8-4885-951a-fa03044f5d71}", NULL, NULL},
	{"{7254a080-1510-4e85-ac0f-e7fb3d444736}", NULL, NULL},
	{"{b012b84d-c47c-4ed5-b722-c0c42163e569}", NULL, NULL},
	{"{a1943bbc-ea85-487c-97c7-c9ede908a38a}", NULL, NULL},
	{"{0c334284-9a41-4de1-99b3-a7e87e8ff07e}", NULL, NULL},
	{"{98b02a23-0674-4ce7-bdad-e0a15a8ff97b}", NULL, NULL},
	{"{a62c8016-ca4e-4687-8032-d666c51a280c}", NULL, NULL},
};

#define N_KNOWN (sizeof(known) / sizeof(known[0]))

/* Row of known[], or N_KNOWN. */
static size_t find_known(const char *guid)
{
	size_t i = 0;
	while (i < N_KNOWN && text_casecmp(known[i].guid, guid) != 0)
		i++;
	return i;
}

const char *bcd_alias(const char *guid)
{
	size_t i = find_known(guid);
	return i < N_KNOWN ? known[i].alias : NULL;
}

bool bcd_is_reserved(const char *guid)
{
	return find_known(guid) < N_KNOWN;
}

static size_t find_kind(uint32_t type)
{
	size_t i = 0;
	while (i < N_KINDS && kinds[i].type != type)
		i++;
	return i;
}

const char *bcd_kind(uint32_t type, const char *guid)
{
	size_t i = find_kind(type), k = find_known(guid);
	if (i == N_KINDS)
		return NULL;
	/* An id names the kind of settings; of an application, the type does. */
	if (k < N_KNOWN && known[k].kind && type >> 28 != BCD_APPLICATION)
		return known[k].kind;
	return kinds[i].kind;
}

unsigned bcd_rank(uint32_t type)
{
	size_t i = find_kind(type);
	return i < N_KINDS ? kinds[i].rank : (unsigned)N_KINDS;
}

/* ---- elements ---- */

static const char *const w_firstmegabyte[] = {"UseNone", "UseAll", "UsePrivate", NULL};
static const char *const w_debugtype[] = {"Serial", "1394", "USB", "Net", "Local", NULL};
static const char *const w_debugstart[] = {"Active", "AutoEnable", "Disable", NULL};
static const char *const w_configaccess[] = {"Default", "DisallowMmConfig", NULL};
static const char *const w_integrity[] = {"Disable", "Enable", NULL};
static const char *const w_resolution[] = {"1024x768", "800x600", "1024x600", NULL};
static const char *const w_message[] = {"Default",         "Resume",
					"HyperV",          "Recovery",
					"StartupRepair",   "SystemImageRecovery",
					"CommandPrompt",   "SystemRestore",
					"PushButtonReset", NULL};
static const char *const w_nx[] = {"OptIn", "OptOut", "AlwaysOff", "AlwaysOn", NULL};
static const char *const w_pae[] = {"Default", "ForceEnable", "ForceDisable", NULL};
static const char *const w_msi[] = {"Default", "ForceDisable", NULL};
static const char *const w_safeboot[] = {"Minimal", "Network", "DsRepair", NULL};
static const char *const w_tsc[] = {"Default", "Legacy", "Enhanced", NULL};
static const char *const w_x2apic[] = {"Default", "Disable", "Enable", NULL};
static const char *const w_menu[] = {"Legacy", "Standard", NULL};
static const char *const w_loadfailure[] = {"Fatal", "UseErrorControl", NULL};
static const char *const w_status[] = {
	"DisplayAllFailures",  "IgnoreAllFailures",         "IgnoreShutdownFailures",
	"IgnoreBootFailures",  "IgnoreCheckpointFailures",  "DisplayShutdownFailures",
	"DisplayBootFailures", "DisplayCheckpointFailures", NULL};
static const char *const w_launch[] = {"Off", "Auto", NULL};
static const char *const w_hyperdebug[] = {"Serial", "1394", "None", "Net", NULL};
static const char *const w_ux[] = {"Disabled", "Basic", "Standard", NULL};
static const char *const w_entropy[] = {"Default", "ForceDisable", "ForceEnable", NULL};

static const struct bcd_name library[] = {
	{0x11000001, "device", BCD_HEX, NULL},
	{0x12000002, "path", BCD_HEX, NULL},
	{0x12000004, "description", BCD_HEX, NULL},
	{0x12000005, "locale", BCD_HEX, NULL},
	{0x14000006, "inherit", BCD_HEX, NULL},
	{0x15000007, "truncatememory", BCD_HEX, NULL},
	{0x14000008, "recoverysequence", BCD_HEX, NULL},
	{0x16000009, "recoveryenabled", BCD_HEX, NULL},
	{0x1700000a, "badmemorylist", BCD_HEX, NULL},
	{0x1600000b, "badmemoryaccess", BCD_HEX, NULL},
	{0x1500000c, "firstmegabytepolicy", BCD_WORDS, w_firstmegabyte},
	{0x1500000d, "relocatephysical", BCD_HEX, NULL},
	{0x1500000e, "avoidlowmemory", BCD_HEX, NULL},
	{0x1600000f, "traditionalkseg", BCD_HEX, NULL},
	{0x16000010, "bootdebug", BCD_HEX, NULL},
	{0x15000011, "debugtype", BCD_WORDS, w_debugtype},
	{0x15000012, "debugaddress", BCD_HEX, NULL},
	{0x15000013, "debugport", BCD_DECIMAL, NULL},
	{0x15000014, "baudrate", BCD_DECIMAL, NULL},
	{0x15000015, "channel", BCD_DECIMAL, NULL},
	{0x12000016, "targetname", BCD_HEX, NULL},
	{0x16000017, "noumex", BCD_HEX, NULL},
	{0x15000018, "debugstart", BCD_WORDS, w_debugstart},
	{0x12000019, "busparams", BCD_HEX, NULL},
	{0x1500001a, "hostip", BCD_HEX, NULL},
	{0x1500001b, "port", BCD_DECIMAL, NULL},
	{0x1600001c, "dhcp", BCD_HEX, NULL},
	{0x1200001d, "key", BCD_HEX, NULL},
	{0x1600001e, "vm", BCD_HEX, NULL},
	{0x16000020, "bootems", BCD_HEX, NULL},
	{0x15000022, "emsport", BCD_DECIMAL, NULL},
	{0x15000023, "emsbaudrate", BCD_DECIMAL, NULL},
	{0x12000030, "loadoptions", BCD_HEX, NULL},
	{0x16000040, "advancedoptions", BCD_HEX, NULL},
	{0x16000041, "optionsedit", BCD_HEX, NULL},
	{0x15000042, "keyringaddress", BCD_HEX, NULL},
	{0x11000043, "bootstatdevice", BCD_HEX, NULL},
	{0x12000044, "bootstatfilepath", BCD_HEX, NULL},
	{0x16000045, "preservebootstat", BCD_HEX, NULL},
	{0x16000046, "graphicsmodedisabled", BCD_HEX, NULL},
	{0x15000047, "configaccesspolicy", BCD_WORDS, w_configaccess},
	{0x16000048, "nointegritychecks", BCD_HEX, NULL},
	{0x16000049, "testsigning", BCD_HEX, NULL},
	{0x1200004a, "fontpath", BCD_HEX, NULL},
	{0x1500004b, "integrityservices", BCD_WORDS, w_integrity},
	{0x1500004c, "volumebandid", BCD_HEX, NULL},
	{0x16000050, "extendedinput", BCD_HEX, NULL},
	{0x15000051, "initialconsoleinput", BCD_HEX, NULL},
	{0x15000052, "graphicsresolution", BCD_WORDS, w_resolution},
	{0x16000053, "restartonfailure", BCD_HEX, NULL},
	{0x16000054, "highestmode", BCD_HEX, NULL},
	{0x16000060, "isolatedcontext", BCD_HEX, NULL},
	{0x15000065, "displaymessage", BCD_WORDS, w_message},
	{0x15000066, "displaymessageoverride", BCD_WORDS, w_message},
	{0x16000067, "nobootuxlogo", BCD_HEX, NULL},
	{0x16000068, "nobootuxtext", BCD_HEX, NULL},
	{0x16000069, "nobootuxprogress", BCD_HEX, NULL},
	{0x1600006a, "nobootuxfade", BCD_HEX, NULL},
	{0x1600006c, "bootuxdisabled", BCD_HEX, NULL},
	{0x16000072, "nokeyboard", BCD_HEX, NULL},
	{0x16000074, "bootshutdowndisabled", BCD_HEX, NULL},
	{0x15000075, "performancefrequency", BCD_HEX, NULL},
	{0x17000077, "allowedinmemorysettings", BCD_HEX, NULL},
	{0x1600007a, "mobilegraphics", BCD_HEX, NULL},
	{0x1600007b, "forcefipscrypto", BCD_HEX, NULL},
	{0x1500007d, "booterrorux", BCD_HEX, NULL},
	{0x1600007e, "flightsigning", BCD_HEX, NULL},
	{0x15000080, "displayrotation", BCD_DECIMAL, NULL},
	{0x16000082, "nofirmwaresync", BCD_HEX, NULL},
	{0x11000084, "windowssyspart", BCD_HEX, NULL},
	{0x16000087, "numlock", BCD_HEX, NULL},
	/* device options */
	{0x35000001, "ramdiskimageoffset", BCD_DECIMAL, NULL},
	{0x35000002, "ramdisktftpclientport", BCD_DECIMAL, NULL},
	{0x31000003, "ramdisksdidevice", BCD_HEX, NULL},
	{0x32000004, "ramdisksdipath", BCD_HEX, NULL},
	{0x35000005, "ramdiskimagelength", BCD_DECIMAL, NULL},
	{0x36000006, "exportascd", BCD_HEX, NULL},
	{0x35000007, "ramdisktftpblocksize", BCD_DECIMAL, NULL},
	{0x35000008, "ramdisktftpwindowsize", BCD_DECIMAL, NULL},
	{0x36000009, "ramdiskmcenabled", BCD_HEX, NULL},
	{0x3600000a, "ramdiskmctftpfallback", BCD_HEX, NULL},
	{0x3600000b, "ramdisktftpvarwindow", BCD_HEX, NULL},
};

static const struct bcd_name manager[] = {
	{0x24000001, "displayorder", BCD_HEX, NULL},
	{0x24000002, "bootsequence", BCD_HEX, NULL},
	{0x23000003, "default", BCD_HEX, NULL},
	{0x25000004, "timeout", BCD_DECIMAL, NULL},
	{0x26000005, "resume", BCD_HEX, NULL},
	{0x23000006, "resumeobject", BCD_HEX, NULL},
	{0x24000007, "startupsequence", BCD_HEX, NULL},
	{0x24000010, "toolsdisplayorder", BCD_HEX, NULL},
	{0x26000020, "displaybootmenu", BCD_HEX, NULL},
	{0x26000021, "noerrordisplay", BCD_HEX, NULL},
	{0x21000022, "bcddevice", BCD_HEX, NULL},
	{0x22000023, "bcdfilepath", BCD_HEX, NULL},
	{0x26000024, "hormenabled", BCD_HEX, NULL},
	{0x26000025, "hiberboot", BCD_HEX, NULL},
	{0x22000026, "passwordoverride", BCD_HEX, NULL},
	{0x22000027, "pinpassphraseoverride", BCD_HEX, NULL},
	{0x26000028, "processcustomactionsfirst", BCD_HEX, NULL},
	{0x27000030, "customactions", BCD_HEX, NULL},
	{0x26000031, "persistbootsequence", BCD_HEX, NULL},
	{0x26000032, "skipstartupsequence", BCD_HEX, NULL},
};

static const struct bcd_name loader[] = {
	{0x21000001, "osdevice", BCD_HEX, NULL},
	{0x22000002, "systemroot", BCD_HEX, NULL},
	{0x23000003, "resumeobject", BCD_HEX, NULL},
	{0x26000004, "stampdisks", BCD_HEX, NULL},
	{0x26000010, "detecthal", BCD_HEX, NULL},
	{0x22000011, "kernel", BCD_HEX, NULL},
	{0x22000012, "hal", BCD_HEX, NULL},
	{0x22000013, "dbgtransport", BCD_HEX, NULL},
	{0x25000020, "nx", BCD_WORDS, w_nx},
	{0x25000021, "pae", BCD_WORDS, w_pae},
	{0x26000022, "winpe", BCD_HEX, NULL},
	{0x26000024, "nocrashautoreboot", BCD_HEX, NULL},
	{0x26000025, "lastknowngood", BCD_HEX, NULL},
	{0x26000026, "oslnointegritychecks", BCD_HEX, NULL},
	{0x26000027, "osltestsigning", BCD_HEX, NULL},
	{0x26000030, "nolowmem", BCD_HEX, NULL},
	{0x25000031, "removememory", BCD_DECIMAL, NULL},
	{0x25000032, "increaseuserva", BCD_DECIMAL, NULL},
	{0x25000033, "perfmem", BCD_DECIMAL, NULL},
	{0x26000040, "vga", BCD_HEX, NULL},
	{0x26000041, "quietboot", BCD_HEX, NULL},
	{0x26000042, "novesa", BCD_HEX, NULL},
	{0x26000043, "novga", BCD_HEX, NULL},
	{0x25000050, "clustermodeaddressing", BCD_DECIMAL, NULL},
	{0x26000051, "usephysicaldestination", BCD_HEX, NULL},
	{0x25000052, "restrictapiccluster", BCD_DECIMAL, NULL},
	{0x22000053, "evstore", BCD_HEX, NULL},
	{0x26000054, "uselegacyapicmode", BCD_HEX, NULL},
	{0x25000055, "x2apicpolicy", BCD_WORDS, w_x2apic},
	{0x26000060, "onecpu", BCD_HEX, NULL},
	{0x25000061, "numproc", BCD_DECIMAL, NULL},
	{0x26000062, "maxproc", BCD_HEX, NULL},
	{0x25000063, "configflags", BCD_HEX, NULL},
	{0x26000064, "maxgroup", BCD_HEX, NULL},
	{0x26000065, "groupaware", BCD_HEX, NULL},
	{0x25000066, "groupsize", BCD_DECIMAL, NULL},
	{0x26000070, "usefirmwarepcisettings", BCD_HEX, NULL},
	{0x25000071, "msi", BCD_WORDS, w_msi},
	{0x25000072, "pciexpress", BCD_HEX, NULL},
	{0x25000080, "safeboot", BCD_WORDS, w_safeboot},
	{0x26000081, "safebootalternateshell", BCD_HEX, NULL},
	{0x26000090, "bootlog", BCD_HEX, NULL},
	{0x26000091, "sos", BCD_HEX, NULL},
	{0x260000a0, "debug", BCD_HEX, NULL},
	{0x260000a1, "halbreakpoint", BCD_HEX, NULL},
	{0x260000a2, "useplatformclock", BCD_HEX, NULL},
	{0x260000a3, "forcelegacyplatform", BCD_HEX, NULL},
	{0x260000a4, "useplatformtick", BCD_HEX, NULL},
	{0x260000a5, "disabledynamictick", BCD_HEX, NULL},
	{0x250000a6, "tscsyncpolicy", BCD_WORDS, w_tsc},
	{0x260000b0, "ems", BCD_HEX, NULL},
	{0x250000c0, "forcefailure", BCD_DECIMAL, NULL},
	{0x250000c1, "driverloadfailurepolicy", BCD_WORDS, w_loadfailure},
	{0x250000c2, "bootmenupolicy", BCD_WORDS, w_menu},
	{0x260000c3, "onetimeadvancedoptions", BCD_HEX, NULL},
	{0x260000c4, "onetimeoptionsedit", BCD_HEX, NULL},
	{0x250000e0, "bootstatuspolicy", BCD_WORDS, w_status},
	{0x260000e1, "disableelamdrivers", BCD_HEX, NULL},
	{0x250000f0, "hypervisorlaunchtype", BCD_WORDS, w_launch},
	{0x220000f1, "hypervisorpath", BCD_HEX, NULL},
	{0x260000f2, "hypervisordebug", BCD_HEX, NULL},
	{0x250000f3, "hypervisordebugtype", BCD_WORDS, w_hyperdebug},
	{0x250000f4, "hypervisordebugport", BCD_DECIMAL, NULL},
	{0x250000f5, "hypervisorbaudrate", BCD_DECIMAL, NULL},
	{0x250000f6, "hypervisorchannel", BCD_DECIMAL, NULL},
	{0x250000f7, "bootux", BCD_WORDS, w_ux},
	{0x260000f8, "hypervisordisableslat", BCD_HEX, NULL},
	{0x220000f9, "hypervisorbusparams", BCD_HEX, NULL},
	{0x250000fa, "hypervisornumproc", BCD_DECIMAL, NULL},
	{0x250000fb, "hypervisorrootprocpernode", BCD_DECIMAL, NULL},
	{0x260000fc, "hypervisoruselargevtlb", BCD_HEX, NULL},
	{0x250000fd, "hypervisorhostip", BCD_HEX, NULL},
	{0x250000fe, "hypervisorhostport", BCD_DECIMAL, NULL},
	{0x25000100, "tpmbootentropy", BCD_WORDS, w_entropy},
	{0x22000110, "hypervisorusekey", BCD_HEX, NULL},
	{0x22000112, "hypervisorproductskutype", BCD_HEX, NULL},
	{0x25000113, "hypervisorrootproc", BCD_DECIMAL, NULL},
	{0x26000114, "hypervisordhcp", BCD_HEX, NULL},
	{0x25000115, "hypervisoriommupolicy", BCD_HEX, NULL},
	{0x26000116, "hypervisorusevapic", BCD_HEX, NULL},
	{0x22000117, "hypervisorloadoptions", BCD_HEX, NULL},
	{0x25000120, "xsavepolicy", BCD_DECIMAL, NULL},
	{0x25000121, "xsaveaddfeature0", BCD_HEX, NULL},
	{0x25000129, "xsaveremovefeature", BCD_HEX, NULL},
	{0x2500012a, "xsaveprocessorsmask", BCD_HEX, NULL},
	{0x2500012b, "xsavedisable", BCD_DECIMAL, NULL},
};

static const struct bcd_name resume[] = {
	{0x21000001, "filedevice", BCD_HEX, NULL},
	{0x22000002, "filepath", BCD_HEX, NULL},
	{0x26000003, "customsettings", BCD_HEX, NULL},
	{0x26000004, "pae", BCD_HEX, NULL},
	{0x21000005, "associatedosdevice", BCD_HEX, NULL},
	{0x26000006, "debugoptionenabled", BCD_HEX, NULL},
	{0x25000007, "bootux", BCD_WORDS, w_ux},
	{0x25000008, "bootmenupolicy", BCD_WORDS, w_menu},
	{0x26000024, "hormenabled", BCD_HEX, NULL},
};

static const struct bcd_name memory_tester[] = {
	{0x25000001, "passcount", BCD_DECIMAL, NULL},
	{0x25000002, "testmix", BCD_DECIMAL, NULL},
	{0x25000003, "failurecount", BCD_DECIMAL, NULL},
	{0x26000003, "cacheenable", BCD_HEX, NULL},
	{0x25000004, "testtofail", BCD_DECIMAL, NULL},
	{0x26000004, "failuresenabled", BCD_HEX, NULL},
};

static const struct bcd_name boot_sector[] = {
	{0x22000001, "bpbstring", BCD_HEX, NULL},
	{0x26000001, "pxesoftreboot", BCD_HEX, NULL},
	{0x22000002, "applicationname", BCD_HEX, NULL},
};

#define CLASS_APPLICATION 2u /* bits 31-28 of an element: the application gives it its meaning */
#define TABLE(t)          t, sizeof(t) / sizeof(t[0])

/* The application type, bits 19-0 of an object's type, says whose class 2 elements it holds. */
static const struct {
	uint32_t application;
	const struct bcd_name *names;
	size_t n;
} tables[] = {
	{1, TABLE(manager)},     {2, TABLE(manager)},       {3, TABLE(loader)},
	{4, TABLE(resume)},      {5, TABLE(memory_tester)}, {6, TABLE(boot_sector)},
	{7, TABLE(boot_sector)}, {8, TABLE(boot_sector)},   {9, TABLE(boot_sector)},
};

static const struct bcd_name *find_name(const struct bcd_name *names, size_t n, uint32_t id)
{
	for (size_t i = 0; i < n; i++) {
		if (names[i].id == id)
			return &names[i];
	}
	return NULL;
}

const struct bcd_name *bcd_name(uint32_t type, uint32_t id)
{
	if (id >> 28 != CLASS_APPLICATION)
		return find_name(TABLE(library), id);
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		if (tables[i].application == (type & 0xfffff))
			return find_name(tables[i].names, tables[i].n, id);
	}
	return NULL;
}
