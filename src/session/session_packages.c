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

/* A controller's driver that nothing on the disk's own terms repairs. */
static bool misses_driver(const struct finding *f)
{
	return !f->fixable && f->step == STEP_CONTROLLER &&
	       (f->severity == SEVERITY_STOP || f->severity == SEVERITY_LIKELY);
}

static const struct package *best_of(struct session *s, const char *const *targets, size_t n)
{
	const struct packages *all = session_packages(s, NULL);
	for (size_t i = 0; all && i < n; i++) {
		size_t found, n_best;
		const struct package **list = packages_for(all, targets[i], false, s->arena, &found,
							   &n_best, NULL);
		if (list && found)
			return list[0];
	}
	return NULL;
}

const struct package *session_package_for(struct session *s, const struct finding *f)
{
	const struct package *best = NULL;
	size_t at = (size_t)(f - s->now.findings);
	for (size_t t = 0; misses_driver(f) && !best && t < s->now.n_targets; t++) {
		const struct target_verdict *v = &s->now.targets[t];
		bool has = false;
		for (size_t i = 0; i < v->n; i++)
			has |= v->findings[i] == at;
		if (has)
			best = v->n_stands_for ? best_of(s, v->stands_for, v->n_stands_for)
					       : best_of(s, &v->id, 1);
	}
	return best;
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
