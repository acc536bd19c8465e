/* SPDX-License-Identifier: MIT */
/*
 * Words that the program uses and a person may ask for: verdicts, machines, guards, what stands in a
 * hive or a boot store, exit statuses. One row each. Rules and targets have tables of their own.
 */
#include "explain_internal.h"

#include "stop7b/i18n.h"

static const struct explain_term terms[] = {
	/* ---- verdicts ---- */
	{"boots", TERM_VERDICT, N_("Nothing that can be seen stops it"),
	 N_("Every driver on the way from the firmware to the boot volume is there, is loaded in "
	    "time "
	    "and knows the controller of that machine."),
	 N_("The exit status of check is 0."),
	 N_("Nothing; explain offline says what stays unseen.")},
	{"doubt", TERM_VERDICT, N_("It boots, but perhaps not on one machine"),
	 N_("A driver is parked for a machine that this Windows has run on, and is loaded on every "
	    "other. Where the disk goes to exactly that machine, and it reaches its disk by that "
	    "driver, Windows stops."),
	 N_("The exit status of check is 0, for on a new machine it starts."),
	 N_("--machine last, or its number, asks for that machine; fix takes the doubt away.")},
	{"likely-stops", TERM_VERDICT, N_("It stops on most machines of that kind"),
	 N_("What is missing is needed by some machines of that kind and not by all; which one it "
	    "is "
	    "no disk can tell."),
	 N_("The exit status of check is 1."), N_("Repair it as if it stopped.")},
	{"stops", TERM_VERDICT, N_("STOP 0x7B: Windows cannot reach its boot disk"),
	 N_("INACCESSIBLE_BOOT_DEVICE. The firmware has read kernel, hive and drivers, and handed "
	    "over; "
	    "from then on the drivers must read the disk, and one of the way there is not loaded."),
	 N_("Blue screen 0x0000007B a few seconds after the start, often followed by a restart."),
	 N_("stop7b diff shows the repair; stop7b aid show-stop keeps the screen on.")},
	{"will-not-start", TERM_VERDICT, N_("It ends before any driver is asked"),
	 N_("The machine has other firmware than the disk is made for, the disk has no boot store, "
	    "its "
	    "entry names another disk, or the loader is missing. That is no 0x7B."),
	 N_("Mostly a message of the boot manager, 0xc000000e or 0xc0000225, or none at all."),
	 N_("The finding says what mends it: the disk's own boot store, the machine's firmware "
	    "setting, or a tool of Windows.")},
	{"unknown", TERM_VERDICT, N_("Something could not be read"),
	 N_("The verdict would rest on what was not seen, so there is none."),
	 N_("The exit status is that of what could not be read."),
	 N_("The line below it says why.")},

	/* ---- machines ---- */
	{"portable", TERM_MACHINE, N_("Every machine that this Windows has drivers for"),
	 N_("The targets that nearly everybody means: IDE, AHCI and NVMe on a physical machine, "
	    "and the "
	    "usual virtual ones, as far as this Windows brings drivers for them."),
	 N_("It is what check asks when no --target is given."),
	 N_("--target names one machine; stop7b targets lists them all.")},
	{"last", TERM_MACHINE, N_("The machine it ran on last"),
	 N_("Windows remembers its devices: their controllers, and since Windows 8 a number for "
	    "the "
	    "machine, under which StartOverride parks drivers."),
	 N_("--target last asks for its controllers, --machine last for its number."), NULL},
	{"new", TERM_MACHINE, N_("A machine that this Windows has not met"),
	 N_("No StartOverride counts there, because no number is known for it yet."),
	 N_("It is what check asks when no --machine is given."), NULL},
	{"native", TERM_MACHINE, N_("A PC that boots Windows out of a VHD file"),
	 N_("The PC's own boot menu has an entry with the path of the file; no virtual machine "
	    "runs. "
	    "The targets vhd-on-ide, vhd-on-ahci and so on name the controller of the disk on "
	    "which "
	    "the file lies."),
	 N_("Windows 7 needs Enterprise or Ultimate, later ones Pro or better."),
	 N_("stop7b plan --add writes the entry, stop7b plan the commands that remove it.")},

	/* ---- in a hive ---- */
	{"Start", TERM_HIVE, N_("When a driver is loaded"),
	 N_("0 Boot: by the loader, before Windows can read the disk itself. 1 System and 2 "
	    "Automatic: "
	    "later, by Windows. 3 Manual: when a device asks for it. 4 Disabled: never."),
	 N_("What is needed to reach the boot disk must be 0."), NULL},
	{"StartOverride", TERM_HIVE, N_("Start for one machine only"),
	 N_("Since Windows 8 a key below a driver's own. Each of its values is named by the number "
	    "of a "
	    "machine and counts there instead of Start. Windows parks what a machine did not need "
	    "this way, mostly with 3."),
	 N_("A disk that moves back to that machine, or to a clone of it, does not load the "
	    "driver."),
	 N_("fix sets the values to 0; --remove-overrides deletes the key.")},
	{"control-set", TERM_HIVE, N_("ControlSet001, ControlSet002: the settings of a start"),
	 N_("Windows keeps several and boots with one; the key Select says with which. In a "
	    "running "
	    "Windows it is called CurrentControlSet."),
	 N_("What stands in another set does not count at the next start."),
	 N_("--control-set N|all repairs others too.")},
	{"boot-critical", TERM_HIVE, N_("What must be loaded before Windows reads its disk"),
	 N_("Bus, controller, disk, volume and file system drivers of the chosen targets, and the "
	    "filters between them."),
	 N_("Other drivers may fail without STOP 0x7B."), NULL},
	{"filter", TERM_HIVE, N_("A driver that sits on another"),
	 N_("UpperFilters and LowerFilters of a device class name it. When one of disks, volumes "
	    "or "
	    "controllers is named and cannot be loaded, the device does not start."),
	 N_("Leftovers of virtual machine tools, encryption and virus scanners stop a boot this "
	    "way."),
	 N_("fix takes a name out of a list where no driver of it is there.")},
	{"hive-log", TERM_HIVE, N_("SYSTEM.LOG1, SYSTEM.LOG2: what the hive does not hold yet"),
	 N_("Windows writes changes into the logs first. A hive that was not closed is read "
	    "together "
	    "with them, as Windows would at the next start."),
	 N_("What is shown of such a hive is the recovered one."), NULL},

	/* ---- around it ---- */
	{"bcd", TERM_BOOT, N_("The boot store: what the boot menu shows and starts"),
	 N_("A hive of its own in \\Boot\\BCD, or on the EFI system partition. Its entries name "
	    "disk and "
	    "partition by their identifiers, so that a cloned disk may be started by an entry of "
	    "the "
	    "old one."),
	 NULL, N_("stop7b bcd prints one as bcdedit would.")},
	{"DriverStore", TERM_BOOT, N_("Windows' own stock of driver packages"),
	 N_("A package that lies there is not yet installed: without service key and file in "
	    "System32\\drivers nothing of it is loaded at the start."),
	 N_("Guest tools that ran before the device was there end like this."),
	 N_("stop7b drivers lists what fits; fix links the file and writes the keys.")},
	{"undo-record", TERM_BOOT, N_("IMAGE.stop7b-undo: the old bytes"),
	 N_("Written and flushed before the first byte of the image is changed."),
	 N_("undo puts them back; recover ends an apply that was interrupted."),
	 N_("Leave it beside the image; it finds a disk that was renamed or moved.")},

	/* ---- guards ---- */
	{"in-use", TERM_GUARD, N_("Another program has the disk open"),
	 N_("A virtual machine, qemu or a mount holds it, or a lock says so."),
	 N_("Two writers destroy a disk."), N_("Shut the machine down, or detach the image.")},
	{"hibernated", TERM_GUARD, N_("Windows sleeps on this disk"),
	 N_("hiberfil.sys holds its memory, and in it what it believes of the disk. Fast startup "
	    "leaves "
	    "the same."),
	 N_("It would write over a change when it wakes."),
	 N_("Start it where it boots and run: shutdown /s /t 0 (or powercfg /h off first).")},
	{"bitlocker", TERM_GUARD, N_("The volume is encrypted"),
	 N_("Nothing of it can be read or written without its key."), NULL,
	 N_("Unlock it on the machine that has the key, or with the recovery key.")},
	{"hive-dirty", TERM_GUARD, N_("The hive was not closed, and its logs do not mend it"),
	 N_("What Windows would make of it is not known."), NULL,
	 N_("aid regback puts an older copy back, where there is one that fits.")},
	{"hive-damaged", TERM_GUARD, N_("The hive is damaged where it would be changed"),
	 N_("Windows mends or refuses such a hive by rules of its own; a change could make it "
	    "worse."),
	 NULL, N_("aid regback puts an older copy back, where there is one that fits.")},
	{"cannot-verify", TERM_GUARD, N_("The libraries that check a write cannot read this disk"),
	 N_("Every write is read back by programs of other people; where they fail, nobody could "
	    "say "
	    "that it is right."),
	 NULL, N_("Convert the image with qemu-img and work on the copy.")},
	{"log-partial", TERM_GUARD, N_("A log of the hive holds what was not used"),
	 N_("It ends in a torn entry, or belongs to another state of the hive."),
	 N_("Windows may read it otherwise; the last changes before the crash may be missing."),
	 N_("Look at the recovered keys; --allow log-partial writes all the same.")},
	{"not-in-place", TERM_GUARD, N_("The bytes cannot be changed where they are"),
	 N_("The hive's file is compressed, sparse, encrypted or too small, or the container is of "
	    "a "
	    "kind that is only read."),
	 NULL, N_("Convert the image, or change the hive in a running Windows.")},
	{"ntfs-log", TERM_GUARD, N_("The volume was not closed: $LogFile waits"),
	 N_("Windows replays it when it mounts the volume."),
	 N_("It may put old bytes back over a change."),
	 N_("Let a Windows mount and close the volume; --allow ntfs-log writes all the same, but "
	    "no "
	    "driver file.")},
	{"dirty-volume", TERM_GUARD, N_("NTFS asks for chkdsk"),
	 N_("The volume is marked as damaged or not closed."),
	 N_("chkdsk may move or drop what is changed now."),
	 N_("Run chkdsk first; --allow dirty-volume writes all the same, but no driver file.")},
	{"saved-state", TERM_GUARD, N_("A virtual machine was saved with this disk"),
	 N_("Its memory holds what it believes of the disk."),
	 N_("A changed disk would not fit it."),
	 N_("Start the machine and shut it down, or discard its saved state.")},
	{"is-parent", TERM_GUARD, N_("Another disk is made of differences to this one"),
	 N_("A child in the same folder names it as its parent."),
	 N_("Any change of the parent destroys the child."),
	 N_("Work on the child; --force-parent where it is not needed.")},
	{"no-undo-place", TERM_GUARD, N_("The undo record cannot be put anywhere"),
	 N_("The folder of the image cannot be written."), NULL,
	 N_("--undo-dir names another folder.")},
	{"unsigned", TERM_GUARD, N_("A driver package without an embedded signature"),
	 N_("A 64-bit Windows refuses a boot driver whose signature it does not know. Whether a "
	    "signature "
	    "is good nobody here can tell, only whether there is one."),
	 NULL, N_("Take the vendor's signed package; --allow unsigned takes it all the same.")},

	/* ---- exit statuses ---- */
	{"0", TERM_EXIT, N_("Nothing wrong, or done"),
	 N_("check: it boots, perhaps with a doubt. fix: written, and what was asked for boots."),
	 NULL, NULL},
	{"1", TERM_EXIT, N_("Problems found, or changes only shown"),
	 N_("check: it stops somewhere. fix, set, undo: without --yes nothing was written. With "
	    "it: "
	    "something still stops, and is printed."),
	 NULL, NULL},
	{"2", TERM_EXIT, N_("The call was wrong"), N_("Nothing was opened."), NULL,
	 N_("-h behind the command shows how it is called.")},
	{"3", TERM_EXIT, N_("It cannot be read"),
	 N_("Not found, damaged, of a kind that is not known, or without a Windows."), NULL, NULL},
	{"4", TERM_EXIT, N_("It was not allowed to write"),
	 N_("A guard is raised, another program has the disk, or its bytes changed since."),
	 N_("The image is untouched."), N_("stop7b explain and the guard's name say what to do.")},
	{"5", TERM_EXIT, N_("Writing failed"),
	 N_("A full disk, a quota, a fault of the medium. The message says in which state the "
	    "image is."),
	 NULL, N_("Where it says so, stop7b recover.")},
	{"6", TERM_EXIT, N_("An interrupted apply waits"),
	 N_("A power cut, a kill: some bytes are new and some old, and the undo record knows "
	    "which."),
	 NULL, N_("stop7b recover --undo, or --finish.")},
};

const char *explain_kind_title(enum term_kind kind)
{
	static const char *const titles[TERM_KINDS] = {
		[TERM_VERDICT] = N_("Verdicts"),
		[TERM_MACHINE] = N_("Machines"),
		[TERM_HIVE] = N_("In the registry"),
		[TERM_BOOT] = N_("Around it"),
		[TERM_GUARD] = N_("Guards: why nothing is written"),
		[TERM_EXIT] = N_("Exit statuses"),
	};
	return _(titles[kind]);
}

const struct explain_term *explain_term_get(size_t i)
{
	return i < sizeof(terms) / sizeof(terms[0]) ? &terms[i] : NULL;
}

static const struct {
	const char *word, *id;
} synonyms[] = {
	{"0x7B", "stops"},
	{"likely", "likely-stops"},
	{"not-checked", "unknown"},
};

const struct explain_term *explain_term_named(const char *word)
{
	for (size_t i = 0; i < sizeof(synonyms) / sizeof(synonyms[0]); i++)
		word = text_equal(synonyms[i].word, word) ? synonyms[i].id : word;
	for (size_t i = 0; i < sizeof(terms) / sizeof(terms[0]); i++)
		if (text_equal(terms[i].id, word))
			return &terms[i];
	return NULL;
}
