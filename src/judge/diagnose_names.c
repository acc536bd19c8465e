/* SPDX-License-Identifier: MIT */
/*
 * The words of severities and verdicts, and which verdict is the worse one.
 */
#include "stop7b/diagnose.h"

const char *severity_name(enum severity s)
{
	static const char *const names[] = {"stop", "likely", "doubt", "note"};
	return names[s];
}

const char *verdict_name(enum verdict v)
{
	static const char *const names[] = {"boots", "doubt", "likely-stops", "stops", "unknown"};
	return names[v];
}

bool verdict_is_good(enum verdict v)
{
	return v == VERDICT_BOOTS || v == VERDICT_DOUBT;
}

enum verdict verdict_worst(const struct target_verdict *targets, size_t n)
{
	static const unsigned rank[] = {[VERDICT_BOOTS] = 0,
					[VERDICT_DOUBT] = 1,
					[VERDICT_LIKELY_STOPS] = 2,
					[VERDICT_UNKNOWN] = 3,
					[VERDICT_STOPS] = 4};
	enum verdict worst = VERDICT_BOOTS;
	for (size_t i = 0; i < n; i++) {
		if (rank[targets[i].verdict] > rank[worst])
			worst = targets[i].verdict;
	}
	return worst;
}
