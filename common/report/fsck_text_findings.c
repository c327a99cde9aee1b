/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Findings for people, those of one kind together: where each is, the numbers, what a repair would do. */
#include <inttypes.h>
#include <string.h>

#include "report/escape.h"
#include "report/field_unit.h"
#include "report/fsck_text_parts.h"
#include "report/words.h"

/* So many causes of one kind are shown. */
#define SHOWN_MAX 5u

/* ------------------------------------------------------------------ one finding */

static void print_blocks(const struct fsck_text *text, const struct finding *finding)
{
	const struct place *at = &finding->at;
	const struct geometry *geo = &text->report->result->geo;
	const struct agaddr first = {.agno = at->agno, .agbno = at->agbno};

	fprintf(text->out, "group %" PRIu32, at->agno);
	if (!at->in_block)
		return;
	fprintf(text->out, ", block%s %" PRIu32, at->len_blocks > 1 ? "s" : "", at->agbno);
	if (at->len_blocks > 1)
		fprintf(text->out, " to %" PRIu64, (uint64_t)at->agbno + at->len_blocks - 1);
	/* What a reader said names the place itself. */
	if (!finding->why.has_offset && geometry_holds(geo, first, at->len_blocks))
		fprintf(text->out, " (byte %" PRIu64 ")", geometry_block_offset(geo, first));
}

static void print_place(const struct fsck_text *text, const struct finding *finding)
{
	const struct place *at = &finding->at;

	if (!at->in_inode && !at->in_group)
		fputs("the file system", text->out);
	if (at->in_inode)
		text_inode_path(text, at->ino);
	if (at->in_fork)
		fprintf(text->out, ", %s fork", fork_name(at->fork));
	if (at->has_fileoff)
		fprintf(text->out, " at block %" PRIu64, at->fileoff);
	if (at->in_inode && at->in_group)
		fputs("; ", text->out);
	if (at->in_group)
		print_blocks(text, finding);
}

static void print_numbers(const struct fsck_text *text, const struct finding *finding)
{
	enum field_unit unit = field_unit_of(finding->field);

	if (finding->field)
		fprintf(text->out, ": %s", finding->field);
	else if (finding->has_found || finding->has_expected)
		fputc(':', text->out);
	if (finding->has_found) {
		fputs(finding->field ? " is " : " found ", text->out);
		field_unit_print(text->out, unit, finding->found);
	}
	if (finding->has_expected) {
		fputs(finding->has_found ? ", expected " : finding->field ? " should be " : " expected ", text->out);
		field_unit_print(text->out, unit, finding->expected);
	}
}

static void print_finding(const struct fsck_text *text, const struct finding *finding)
{
	print_place(text, finding);
	if (finding->has_id)
		fprintf(text->out, ", id %" PRIu32, finding->id);
	if (finding->name_len > 0) {
		fputs(", name '", text->out);
		escape_text(text->out, (const char *)finding->name, finding->name_len);
		fputc('\'', text->out);
	}
	if (finding->other_ino != 0) {
		fputs(", with ", text->out);
		text_inode_path(text, finding->other_ino);
	}
	print_numbers(text, finding);
	if (finding->count > 0)
		fprintf(text->out, "; %" PRIu64 " in all", finding->count);
	if (finding->why.code != 0) {
		fputs(": ", text->out);
		error_sentence(text->out, &finding->why);
	}
}

/* ------------------------------------------------------------------ those of one code */

static enum tone tone_of(enum finding_severity severity)
{
	switch (severity) {
	case SEVERITY_NOTE:
		return TONE_ASIDE;
	case SEVERITY_WARNING:
		return TONE_DOUBT;
	case SEVERITY_ERROR:
		return TONE_BAD;
	}
	return TONE_BAD;
}

static void print_follows(const struct fsck_text *text, const struct fsck_group *group, const char *lead)
{
	for (size_t i = 0; i < group->follow_count; i++) {
		const struct fsck_follow *follow = &group->follows[i];

		fprintf(text->out, "  %s %" PRIu64 " x %s: %s\n", lead, follow->count, finding_kinds[follow->code].name,
			finding_kinds[follow->code].sentence);
	}
}

static void print_causes(const struct fsck_text *text, const struct fsck_group *group)
{
	const struct findings *findings = &text->report->result->fsck.findings;
	uint64_t shown = 0;

	for (size_t i = 0; i < group->cause_count; i++) {
		const struct fsck_cause *cause = &text->groups->causes[group->cause + i];

		if (i == SHOWN_MAX && !text->report->each)
			break;
		fputs("  ", text->out);
		print_finding(text, &findings->items[cause->finding]);
		if (cause->more > 0)
			fprintf(text->out, " (and %" PRIu64 " more of it)", cause->more);
		fputc('\n', text->out);
		shown += 1 + cause->more;
	}
	if (shown == group->count)
		return;
	fprintf(text->out, "  and %" PRIu64 " more like %s%s\n", group->count - shown, shown == 1 ? "this" : "these",
		text->report->each ? ", which were only counted" : " (--all shows each)");
}

static void print_group(const struct fsck_text *text, const struct fsck_group *group)
{
	const struct finding_kind *kind = &finding_kinds[group->code];

	style_begin(text->out, text->style, tone_of(kind->severity));
	fprintf(text->out, "%s %s: %s", finding_severity_names[kind->severity], kind->name, kind->sentence);
	style_end(text->out, text->style);
	fputc('\n', text->out);
	print_causes(text, group);
	print_follows(text, group, "from which follows:");
	if (kind->repair != REPAIR_NONE)
		fprintf(text->out, "  repair: %s\n", repair_kinds[kind->repair].sentence);
	fputc('\n', text->out);
}

void text_findings(const struct fsck_text *text)
{
	const struct fsck_group *rest = &text->groups->items[text->groups->count];

	for (size_t i = 0; i < text->groups->count; i++)
		print_group(text, &text->groups->items[i]);
	if (rest->follow_count == 0)
		return;
	style_begin(text->out, text->style, TONE_ASIDE);
	fputs("What follows from all this", text->out);
	style_end(text->out, text->style);
	fputc('\n', text->out);
	print_follows(text, rest, "-");
	fputc('\n', text->out);
}
