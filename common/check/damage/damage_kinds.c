/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The table of kinds of damage, out of damage.def. */
#include "check/damage/damage.h"

const struct damage_kind damage_kinds[DAMAGE_CODES] = {
#define DAMAGE(code, name_, hurt_, title_, meaning_, rebuild_)                                                        \
	[DAMAGE_##code] = {                                                                                           \
		.name = (name_),                                                                                      \
		.hurt = HURT_##hurt_,                                                                                 \
		.title = (title_),                                                                                    \
		.meaning = (meaning_),                                                                                \
		.rebuild = (rebuild_),                                                                                \
	},
#include "check/damage/damage.def"
#undef DAMAGE
};
