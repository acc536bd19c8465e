/* SPDX-License-Identifier: MIT */
/*
 * Driver packages for the chosen Windows: found when somebody asks, once for a choice, because the
 * DriverStore holds hundreds of files and a check has no need of them.
 */
#include "session_internal.h"

const struct packages *session_packages(struct session *s, struct err *err)
{
	struct packages *found;
	if (s->packages)
		return s->packages;
	if (!s->chosen)
		return err_null(err, E_NOWINDOWS, "no Windows is chosen");
	const struct package_request request = {
		.inst = &s->chosen->install,
		.volume = s->chosen->volume,
		.paths = s->options.drivers,
		.n_paths = s->options.n_drivers,
		.store = true,
	};
	found = arena_alloc(s->arena, sizeof(*found), err);
	if (!found || packages_find(&request, s->arena, found, err) < 0)
		return NULL;
	s->packages = found;
	return found;
}
