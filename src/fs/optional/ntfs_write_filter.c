/* SPDX-License-Identifier: MIT */
/*
 * Which system calls are left to the child: reading and writing its two pipes, memory that nobody
 * else sees, leaving. Any other ends the process. The only file that includes seccomp.h.
 */
#include "src/fs/ntfs_write_internal.h"

#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>

const bool ntfs_child_filtered = true;

/* Anonymous memory that cannot be run. */
static int allow_mmap(scmp_filter_ctx filter, int call)
{
	return seccomp_rule_add(
		filter, SCMP_ACT_ALLOW, call, 2,
		SCMP_A2(SCMP_CMP_MASKED_EQ, (scmp_datum_t)PROT_EXEC, 0),
		SCMP_A3(SCMP_CMP_MASKED_EQ, (scmp_datum_t)MAP_ANONYMOUS, MAP_ANONYMOUS));
}

static int allow(scmp_filter_ctx filter)
{
	/* sysinfo: how much memory there is, which qsort() asks for. */
	static const int plain[] = {
		SCMP_SYS(sysinfo),
		SCMP_SYS(brk),
		SCMP_SYS(munmap),
		SCMP_SYS(mremap),
		SCMP_SYS(madvise),
		SCMP_SYS(exit),
		SCMP_SYS(exit_group),
		SCMP_SYS(rt_sigreturn),
		SCMP_SYS(getrandom),
		SCMP_SYS(rt_sigprocmask),
		SCMP_SYS(clock_gettime),
		SCMP_SYS(gettimeofday),
		SCMP_SYS(rt_sigpending),
		SCMP_SYS(rt_sigtimedwait),
		SCMP_SYS(rt_sigtimedwait_time64),
		SCMP_SYS(clock_gettime64),
	};
	for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++) {
		if (seccomp_rule_add(filter, SCMP_ACT_ALLOW, plain[i], 0) != 0)
			return -1;
	}
	if (seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(read), 1, SCMP_A0(SCMP_CMP_EQ, 0)) !=
		    0 ||
	    seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(write), 1, SCMP_A0(SCMP_CMP_EQ, 1)) !=
		    0)
		return -1;
	return allow_mmap(filter, SCMP_SYS(mmap)) == 0 ? allow_mmap(filter, SCMP_SYS(mmap2)) : -1;
}

int ntfs_child_filter(void)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
	int r = filter && prctl(PR_SET_DUMPABLE, 0) == 0 && allow(filter) == 0 &&
				seccomp_load(filter) == 0
			? 0
			: -1;
	seccomp_release(filter);
	return r;
}
