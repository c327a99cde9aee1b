/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The catalogue as tables, and lists of findings. */
#include "check/finding.h"

#include <stdlib.h>

#include "base/array.h"

const struct finding_kind finding_kinds[FINDING_CODES] = {
#define FINDING(code, severity, stake, repair, sentence, explanation)                                                  \
	[FINDING_##code] = {#code, SEVERITY_##severity, STAKE_##stake, REPAIR_##repair, sentence, explanation},
#include "check/findings.def"
#undef FINDING
};

const struct repair_kind repair_kinds[REPAIR_CODES] = {
#define REPAIR(code, name, sentence) [REPAIR_##code] = {name, sentence},
#include "check/repairs.def"
#undef REPAIR
};

const char *const finding_severity_names[] = {
	[SEVERITY_NOTE] = "note",
	[SEVERITY_WARNING] = "warning",
	[SEVERITY_ERROR] = "error",
};

const char *const finding_stake_names[] = {
	[STAKE_NOTHING] = "nothing", [STAKE_INDEX] = "index", [STAKE_NAMES] = "names",
	[STAKE_FILE] = "file",	     [STAKE_DATA] = "data",
};

void findings_fini(struct findings *list)
{
	free(list->items);
	*list = (struct findings){0};
}

/* Room for @more findings; false: no memory. */
static bool make_room(struct findings *list, size_t more)
{
	int rc = array_reserve(&list->items, list->count, more, &list->room, sizeof(*list->items));

	list->no_memory |= rc != 0;
	return rc == 0;
}

/* Adds a copy, unless the list is full. */
static void keep(struct findings *list, const struct finding *finding, size_t most)
{
	if ((list->count >= most && list->kept[finding->code] >= FINDINGS_OF_A_CODE) || !make_room(list, 1))
		return;
	list->items[list->count++] = *finding;
	list->kept[finding->code]++;
}

void finding_raise(struct findings *list, const struct finding *finding)
{
	list->raised[finding->code]++;
	keep(list, finding, FINDINGS_KEPT_MAX);
}

void findings_join(struct findings *to, struct findings *from)
{
	for (unsigned code = 0; code < FINDING_CODES; code++)
		to->raised[code] += from->raised[code];
	to->no_memory |= from->no_memory;
	for (size_t i = 0; i < from->count; i++)
		keep(to, &from->items[i], FINDINGS_JOINED_MAX);
	findings_fini(from);
}

uint64_t findings_wrong(const struct findings *list)
{
	uint64_t wrong = 0;

	for (unsigned code = 0; code < FINDING_CODES; code++)
		if (finding_kinds[code].severity != SEVERITY_NOTE)
			wrong += list->raised[code];
	return wrong;
}
