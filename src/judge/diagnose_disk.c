/* SPDX-License-Identifier: MIT */
/*
 * The way to the loader in a diagnosis: firmware, boot store and loader of the disk, judged once
 * for each kind of target and entered for each target of that kind.
 *
 * A kind is a firmware, whether a host starts the disk, and whether the cloud brings its own
 * store. Without a disk in the request nothing is entered, and the verdict says that these steps
 * were not looked at.
 */
#include "diagnose_internal.h"

static struct disk_way *path_of(struct docket *d, enum firmware firmware, bool native, bool azure)
{
	return &d->ways[((size_t)firmware * 2 + native) * 2 + azure];
}

static int look_at_path(struct docket *d, struct disk_way *p, enum firmware firmware, bool native,
			bool azure, struct err *err)
{
	struct bootpath_request request = *d->request->disk;
	if (p->known)
		return 0;
	request.firmware = firmware;
	request.native = native;
	request.azure = azure;
	if (bootpath_judge(&request, d->j.arena, &p->judged, err) < 0)
		return -1;
	p->known = true;
	return 0;
}

/* A disk of the last machine may have been started by the store of another one beside it. */
static enum severity severity_for(const struct tally *t, const struct finding *f)
{
	bool beside = t->last && f->step == STEP_BOOT_STORE;
	return beside && f->severity == SEVERITY_STOP ? SEVERITY_LIKELY : f->severity;
}

int disk_way_try(struct docket *d, struct tally *t, enum firmware firmware, bool native, bool azure,
		 struct err *err)
{
	struct disk_way *p = path_of(d, firmware, native, azure);
	if (!d->request->disk)
		return 0;
	if (look_at_path(d, p, firmware, native, azure, err) < 0)
		return -1;
	t->v->disk_seen = true;
	t->v->native = native;
	t->v->host_seen = native && d->request->disk->n_host_stores > 0;
	t->v->made_for = p->judged.made_for;
	for (size_t i = 0; i < p->judged.n; i++) {
		struct finding f = p->judged.findings[i];
		f.severity = severity_for(t, &f);
		t->shut |= bootpath_shuts(&f);
		if (docket_enter(d, t, &f, err) < 0)
			return -1;
	}
	return 0;
}

int disk_way_made_for(struct docket *d, enum firmware *out, struct err *err)
{
	struct disk_way *p = path_of(d, FIRMWARE_ANY, false, false);
	*out = FIRMWARE_ANY;
	if (!d->request->disk)
		return 0;
	if (look_at_path(d, p, FIRMWARE_ANY, false, false, err) < 0)
		return -1;
	*out = p->judged.made_for;
	return 0;
}

int disk_way_note_firmware(struct docket *d, struct tally *t, const struct target *target,
			   struct err *err)
{
	struct finding f;
	bool free = target->firmware == FIRMWARE_ANY && !target->native && t->v->disk_seen;
	if (!free || !bootpath_note_firmware(t->v->made_for, &f))
		return 0;
	return docket_enter(d, t, &f, err);
}

bool disk_way_is_other_firmware(const struct target *target, const struct target_verdict *v)
{
	return v->disk_seen && !target->native && target->firmware != FIRMWARE_ANY &&
	       v->made_for != FIRMWARE_ANY && v->made_for != target->firmware;
}
