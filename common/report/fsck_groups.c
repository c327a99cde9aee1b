/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Groups findings: two sorts and two passes, whatever their number. */
#include "report/fsck_groups.h"
#include "base/array.h"

#include <stdlib.h>

/* What a finding is about. */
enum about {
	ABOUT_ALL, /* the file system */
	ABOUT_GROUP,
	ABOUT_INODE,
};

/* A finding as it is sorted. */
struct entry {
	enum finding_code code;
	enum about about;
	uint64_t what; /* number of the group or inode */
	size_t finding;
};

/* Who is told to be the cause of what follows: the first group that has to do with a thing. */
struct origin {
	enum about about;
	uint64_t what;
	size_t group;
};

/* ------------------------------------------------------------------ orders */

static int compare_numbers(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

/* The worse comes first. */
static int compare_codes(enum finding_code a, enum finding_code b)
{
	const struct finding_kind *first = &finding_kinds[a], *second = &finding_kinds[b];

	if (first->severity != second->severity)
		return first->severity > second->severity ? -1 : 1;
	if (first->stake != second->stake)
		return first->stake > second->stake ? -1 : 1;
	return compare_numbers(a, b);
}

static int compare_entries(const void *a, const void *b)
{
	const struct entry *first = a, *second = b;
	int order = compare_codes(first->code, second->code);

	if (order == 0)
		order = compare_numbers(first->about, second->about);
	if (order == 0)
		order = compare_numbers(first->what, second->what);
	return order ? order : compare_numbers(first->finding, second->finding);
}

static int compare_origins(const void *a, const void *b)
{
	const struct origin *first = a, *second = b;
	int order = compare_numbers(first->about, second->about);

	if (order == 0)
		order = compare_numbers(first->what, second->what);
	return order ? order : compare_numbers(first->group, second->group);
}

static int compare_things(const void *a, const void *b)
{
	const struct origin *first = a, *second = b;
	int order = compare_numbers(first->about, second->about);

	return order ? order : compare_numbers(first->what, second->what);
}

static void about(const struct place *at, enum about *about, uint64_t *what)
{
	*about = at->in_inode ? ABOUT_INODE : at->in_group ? ABOUT_GROUP : ABOUT_ALL;
	*what = at->in_inode ? at->ino : at->in_group ? at->agno : 0;
}

/* ------------------------------------------------------------------ groups */

/* Goes through the sorted entries. */
static void make_groups(const struct entry *entries, size_t count, bool each, struct fsck_groups *out)
{
	for (size_t i = 0; i < count; i++) {
		const struct entry *entry = &entries[i], *last = i ? entry - 1 : NULL;
		bool same_code = last && last->code == entry->code;
		struct fsck_group *group;

		if (!same_code)
			out->items[out->count++] = (struct fsck_group){.code = entry->code, .cause = out->cause_count};
		group = &out->items[out->count - 1];
		group->count++;
		if (same_code && !each && last->about == entry->about && last->what == entry->what) {
			out->causes[out->cause_count - 1].more++;
			continue;
		}
		out->causes[out->cause_count++].finding = entry->finding;
		group->cause_count++;
	}
}

/* Those that were counted, but not kept, are taken for findings of their own. */
static void count_unkept(const struct findings *findings, struct fsck_groups *out)
{
	for (size_t i = 0; i < out->count; i++) {
		enum finding_code code = out->items[i].code;

		if (findings->raised[code] > findings->kept[code])
			out->items[i].count += findings->raised[code] - findings->kept[code];
	}
}

/* ------------------------------------------------------------------ what follows */

static int add_follow(struct fsck_group *group, enum finding_code code)
{
	for (size_t i = 0; i < group->follow_count; i++)
		if (group->follows[i].code == code) {
			group->follows[i].count++;
			return 0;
		}
	if (array_reserve(&group->follows, group->follow_count, 1, &group->follow_room, sizeof(*group->follows)) != 0)
		return ERR_NOMEM;
	group->follows[group->follow_count++] = (struct fsck_follow){.code = code, .count = 1};
	return 0;
}

/* The things that the findings with a group of their own are about, each once with its first group. */
static size_t find_origins(const struct findings *findings, const struct entry *entries, size_t count,
			   const struct fsck_groups *groups, struct origin *origins)
{
	size_t found = 0, kept = 0, group = 0;

	for (size_t i = 0; i < count; i++) {
		const struct finding *finding = &findings->items[entries[i].finding];

		while (groups->items[group].code != entries[i].code)
			group++;
		if (finding_kinds[finding->code].severity == SEVERITY_NOTE)
			continue;
		if (finding->at.in_inode)
			origins[found++] = (struct origin){ABOUT_INODE, finding->at.ino, group};
		if (finding->other_ino)
			origins[found++] = (struct origin){ABOUT_INODE, finding->other_ino, group};
		if (finding->at.in_group)
			origins[found++] = (struct origin){ABOUT_GROUP, finding->at.agno, group};
	}
	if (found > 0)
		qsort(origins, found, sizeof(*origins), compare_origins);
	for (size_t i = 0; i < found; i++)
		if (kept == 0 || compare_things(&origins[kept - 1], &origins[i]) != 0)
			origins[kept++] = origins[i];
	return kept;
}

/* The group whose findings are about what this one is about; groups->count: none. */
static size_t find_cause(const struct finding *finding, const struct origin *origins, size_t count,
			 const struct fsck_groups *groups)
{
	const struct {
		bool known;
		struct origin thing;
	} wanted[] = {
		{finding->at.in_inode, {.about = ABOUT_INODE, .what = finding->at.ino}},
		{finding->other_ino != 0, {.about = ABOUT_INODE, .what = finding->other_ino}},
		{finding->at.in_group, {.about = ABOUT_GROUP, .what = finding->at.agno}},
	};

	for (size_t i = 0; count > 0 && i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		const struct origin *found = NULL;

		if (wanted[i].known)
			found = bsearch(&wanted[i].thing, origins, count, sizeof(*origins), compare_things);
		if (found)
			return found->group;
	}
	return groups->count;
}

static int compare_follows(const void *a, const void *b)
{
	const struct fsck_follow *first = a, *second = b;

	return compare_codes(first->code, second->code);
}

static int make_follows(const struct findings *findings, const struct entry *entries, size_t count,
			struct fsck_groups *out)
{
	struct origin *origins = calloc(count + 1, 3 * sizeof(*origins));
	size_t origin_count;
	int rc = 0;

	if (!origins)
		return ERR_NOMEM;
	origin_count = find_origins(findings, entries, count, out, origins);
	for (size_t i = 0; i < findings->count && rc == 0; i++) {
		const struct finding *finding = &findings->items[i];

		if (finding->follows)
			rc = add_follow(&out->items[find_cause(finding, origins, origin_count, out)], finding->code);
	}
	for (size_t i = 0; i <= out->count; i++)
		if (out->items[i].follow_count > 1)
			qsort(out->items[i].follows, out->items[i].follow_count, sizeof(struct fsck_follow),
			      compare_follows);
	free(origins);
	return rc;
}

/* ------------------------------------------------------------------ the whole */

int fsck_groups_make(const struct findings *findings, bool each, struct fsck_groups *out, struct error *err)
{
	struct entry *entries = calloc(findings->count + 1, sizeof(*entries));
	size_t count = 0;
	int rc = ERR_NOMEM;

	*out = (struct fsck_groups){0};
	out->causes = calloc(findings->count + 1, sizeof(*out->causes));
	out->items = calloc(FINDING_CODES + 1, sizeof(*out->items));
	if (entries && out->causes && out->items) {
		for (size_t i = 0; i < findings->count; i++) {
			const struct finding *finding = &findings->items[i];
			struct entry *entry = &entries[count];

			if (finding->follows)
				continue;
			*entry = (struct entry){.code = finding->code, .finding = i};
			about(&finding->at, &entry->about, &entry->what);
			count++;
		}
		if (count > 0)
			qsort(entries, count, sizeof(*entries), compare_entries);
		make_groups(entries, count, each, out);
		count_unkept(findings, out);
		rc = make_follows(findings, entries, count, out);
	}
	free(entries);
	return rc == 0 ? 0 : error_set(err, rc, "no memory for the report");
}

void fsck_groups_fini(struct fsck_groups *groups)
{
	for (size_t i = 0; groups->items && i <= groups->count; i++)
		free(groups->items[i].follows);
	free(groups->items);
	free(groups->causes);
	*groups = (struct fsck_groups){0};
}
