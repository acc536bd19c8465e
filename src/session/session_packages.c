/* SPDX-License-Identifier: MIT */
/*
 * Driver packages for the chosen Windows: found when somebody asks, once for a choice, because the
 * DriverStore holds hundreds of files and a check has no need of them.
 *
 * What a package means for the registry is asked of the hive as it is: a change that is staged anew
 * must not find its own edits there.
 */
#include "session_internal.h"

#include "stop7b/package_registry.h"

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

int session_package_edits(struct session *s, const struct package *package, bool in_store,
			  struct arena *arena, struct edit **out, size_t *n, struct err *err)
{
	unsigned sets[CONTROL_SETS_MAX];
	if (!s->chosen)
		return err_set(err, E_NOWINDOWS, "no Windows is chosen");
	const struct package_install request = {
		.package = package,
		.inst = &s->chosen->install,
		.hive = &s->chosen->system->hive,
		.sets = sets,
		.n_sets = session_edit_sets(s, sets),
		.in_store = in_store,
		.remove_overrides = s->options.remove_overrides,
	};
	return package_registry(&request, arena, out, n, err);
}
