/* SPDX-License-Identifier: MIT */
/*
 * The way of one target through the drivers: each link of its chain, the filters of the classes on
 * the way, what another hypervisor left there, and the rules about the chain as a whole.
 *
 * Which links a target has is chain_of_target()'s matter; what is wrong with one is the rules'.
 * Here is only decided who is asked: a link that is absent and may be is passed over, one that may
 * stand in the lost part of a damaged set makes the answer unknown, and a filter that cannot load
 * is left to the rule about its list.
 */
#include "diagnose_internal.h"

/* In a set that could not be read whole, a driver that is not seen may be in the lost part. */
static bool may_be_lost(const struct docket *d, const struct chain_link *link)
{
	return d->j.set->problem.plain && !is_driver(set_service(d->j.set, link->service));
}

static bool is_optional_and_absent(const struct docket *d, const struct chain_link *link)
{
	return link->need == NEED_OPTIONAL && !is_driver(set_service(d->j.set, link->service));
}

/* A filter that cannot load is its list's matter, unless the loader stops at it all the same. */
static bool list_speaks_for(const struct docket *d, const struct chain *chain,
			    const struct chain_link *link)
{
	const struct service *s = set_service(d->j.set, link->service);
	return link->filter && filter_is_dangling(&d->j, d->j.set, link->filter) &&
	       !stops_the_loader(s, chain->machine);
}

static int try_link(struct docket *d, struct tally *t, const struct chain *chain,
		    const struct chain_link *link, struct err *err)
{
	const struct question at = {
		.chain = chain, .link = link, .service = set_service(d->j.set, link->service)};
	if (is_optional_and_absent(d, link))
		return 0;
	if (docket_add_name(d->j.arena, &t->v->services, &t->v->n_services, &t->cap_services,
			    link->service, err) < 0 ||
	    docket_add_name(d->j.arena, &d->out->critical, &d->out->n_critical, &d->cap_critical,
			    link->service, err) < 0)
		return -1;
	if (may_be_lost(d, link)) {
		tally_lose(t->v, d->j.set->problem, STEP_HIVE);
		return 0;
	}
	return list_speaks_for(d, chain, link) ? 0 : docket_ask(d, t, OF_LINK, &at, err);
}

static int try_lists(struct docket *d, struct tally *t, const struct chain *chain,
		     enum looks_at what, const struct class_filter *all, size_t n, struct err *err)
{
	for (size_t at = 0; at < n; at = filter_list_end(all, n, at)) {
		const struct question scene = {.chain = chain, .at = at};
		if (docket_ask(d, t, what, &scene, err) < 0)
			return -1;
	}
	return 0;
}

static int try_filters(struct docket *d, struct tally *t, const struct chain *chain,
		       struct err *err)
{
	const struct control_set *set = d->j.set;
	size_t n;
	const struct standard_filter *standard = catalogue_filters(&n);
	if (try_lists(d, t, chain, OF_LIST, set->filters, set->n_filters, err) < 0 ||
	    try_lists(d, t, chain, OF_DEVICE_LIST, set->device_filters, set->n_device_filters,
		      err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		const struct question at = {.chain = chain, .standard = &standard[i]};
		if (docket_ask(d, t, OF_STANDARD, &at, err) < 0)
			return -1;
	}
	return 0;
}

static int try_leftovers(struct docket *d, struct tally *t, const struct chain *chain,
			 struct err *err)
{
	size_t n;
	const struct leftover *all = catalogue_leftovers(&n);
	for (size_t i = 0; i < n; i++) {
		const struct question at = {.chain = chain,
					    .service = set_service(d->j.set, all[i].service),
					    .leftover = &all[i]};
		if (at.service && docket_ask(d, t, OF_LEFTOVER, &at, err) < 0)
			return -1;
	}
	return 0;
}

int way_try_chain(struct docket *d, struct tally *t, const struct chain *chain, struct err *err)
{
	for (size_t i = 0; i < chain->n; i++) {
		if (try_link(d, t, chain, &chain->links[i], err) < 0)
			return -1;
	}
	const struct question whole = {.chain = chain};
	if (try_filters(d, t, chain, err) < 0 || try_leftovers(d, t, chain, err) < 0 ||
	    docket_ask(d, t, OF_CHAIN, &whole, err) < 0)
		return -1;
	if (chain->unknown)
		tally_lose(t->v, said_of(chain->unknown), STEP_CONTROLLER);
	return 0;
}

int way_try_target(struct docket *d, struct tally *t, const struct target *target, struct err *err)
{
	struct chain chain;
	if (chain_of_target(&d->j, target, &chain, err) < 0)
		return -1;
	return way_try_chain(d, t, &chain, err);
}

int way_name_services(struct docket *d, struct tally *t, const struct target *target,
		      struct err *err)
{
	struct chain chain;
	if (chain_of_target(&d->j, target, &chain, err) < 0)
		return -1;
	for (size_t i = 0; i < chain.n; i++) {
		if (!is_optional_and_absent(d, &chain.links[i]) &&
		    docket_add_name(d->j.arena, &t->v->services, &t->v->n_services,
				    &t->cap_services, chain.links[i].service, err) < 0)
			return -1;
	}
	return 0;
}
