/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owners: cutting them to a range. */
#include "fs/owner.h"

bool owner_cut(struct owner *owner, uint64_t start_bytes, uint64_t end_bytes)
{
	if (owner->start_bytes >= end_bytes || owner->end_bytes <= start_bytes)
		return false;
	if (owner->start_bytes < start_bytes) {
		if (owner->kind == OWNER_FILE && !owner->bmbt)
			owner->offset_bytes += start_bytes - owner->start_bytes;
		owner->start_bytes = start_bytes;
	}
	if (owner->end_bytes > end_bytes)
		owner->end_bytes = end_bytes;
	return owner->start_bytes < owner->end_bytes;
}

int owner_give(const struct owner *owner, const struct interval_set *wanted, const struct owner_sink *sink)
{
	const struct interval *end = wanted->items + wanted->count;
	const struct interval *part = interval_find(wanted, owner->start_bytes);
	int rc = 0;

	for (; part && part < end && part->start < owner->end_bytes && rc == 0; part++) {
		struct owner piece = *owner;

		if (owner_cut(&piece, part->start, part->end))
			rc = sink->owner(sink->arg, &piece);
	}
	return rc;
}
