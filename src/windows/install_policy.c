/* SPDX-License-Identifier: MIT */
/*
 * Single values of a control set that decide about disks and the boot, and the programs that the
 * session manager runs before Windows starts.
 *
 * A value that is absent or of another type is not known; what that means is for diagnose.c to
 * say.
 */
#include "install_internal.h"

struct setting number_below(struct key from, const char *path, const char *name)
{
	struct setting s = {0};
	struct key k;
	s.known = key_find(from, path, &k, NULL) == 0 && key_u32(k, name, &s.value, NULL) == 0;
	return s;
}

static int read_programs(struct reader *r, struct key manager, const char *name,
			 struct control_set *set, size_t *cap, struct err *err)
{
	struct err why = {0};
	struct value v;
	char **commands = NULL;
	size_t n = 0;
	if (value_find(manager, name, &v, NULL) < 0)
		return 0;
	if (value_texts(v, r->arena, &commands, &n, &why) < 0) {
		install_note(r, "%s: %s cannot be read: %s", set->key, name, ERR_ARG(&why));
		return why.code == E_MEMORY ? no_memory(err) : 0;
	}
	for (size_t i = 0; i < n; i++) {
		set->programs = list_grow(r->arena, set->programs, set->n_programs, cap,
					  sizeof(*set->programs), err);
		if (!set->programs)
			return -1;
		set->programs[set->n_programs++] = (struct boot_program){.command = commands[i],
									 .value = name};
	}
	return 0;
}

static int read_session_manager(struct reader *r, struct key set_key, struct control_set *set,
				struct err *err)
{
	static const char *const lists[] = {"BootExecute", "SetupExecute"};
	struct key k;
	struct value v;
	size_t cap = 0;
	if (key_find(set_key, "Control\\Session Manager", &k, NULL) < 0)
		return 0;
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		if (read_programs(r, k, lists[i], set, &cap, err) < 0)
			return -1;
	}
	/* Four bytes are the ends of an empty list. */
	set->pending_renames = value_find(k, "PendingFileRenameOperations", &v, NULL) == 0 &&
			       v.size > 4;
	return 0;
}

int read_policy(struct reader *r, struct key set_key, struct control_set *set, struct err *err)
{
	set->san_policy = number_below(set_key, "Services\\partmgr\\Parameters", "SanPolicy");
	set->portable_system = number_below(set_key, "Control", "PortableOperatingSystem");
	set->boot_driver_flags = number_below(set_key, "Control", "BootDriverFlags");
	set->poll_timeout = number_below(set_key, "Control\\PnP", "PollBootPartitionTimeout");
	set->expand_on_mount = number_below(set_key, "Services\\FsDepends\\Parameters",
					    "VirtualDiskExpandOnMount");
	return read_session_manager(r, set_key, set, err);
}
