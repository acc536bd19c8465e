/* SPDX-License-Identifier: MIT */
/*
 * Words about driver packages that the command and the screen share.
 */
#include "stop7b/words.h"

#include "stop7b/i18n.h"
#include "stop7b/package.h"

const char *signature_words(const struct package *p)
{
	if (p->unsigned_64bit)
		return _("no embedded signature: only with --allow unsigned");
	return p->is_signed ? _("signed (not verified)") : _("no embedded signature");
}
