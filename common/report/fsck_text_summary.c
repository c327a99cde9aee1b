/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the findings come to: what is at stake, what to do, and the one line that says whether all is well. */
#include <inttypes.h>
#include <string.h>

#include "report/escape.h"
#include "report/fsck_text_parts.h"
#include "report/head_text.h"

/* So many files are named that want a look. */
#define FILES_MAX 10u

static const char *const stake_words[] = {
	[STAKE_NOTHING] = "nothing, numbers that can be counted again",
	[STAKE_INDEX] = "indexes, which can be rebuilt from something else",
	[STAKE_NAMES] = "names of files, or their place in the tree",
	[STAKE_FILE] = "attributes of files",
	[STAKE_DATA] = "content of files",
};

static const struct findings *findings_of(const struct fsck_text *text)
{
	return &text->report->result->fsck.findings;
}

static uint64_t of_severity(const struct findings *findings, enum finding_severity severity)
{
	uint64_t count = 0;

	for (unsigned code = 0; code < FINDING_CODES; code++)
		if (finding_kinds[code].severity == severity)
			count += findings->raised[code];
	return count;
}

static uint64_t of_stake(const struct findings *findings, enum finding_stake stake)
{
	uint64_t count = 0;

	for (unsigned code = 0; code < FINDING_CODES; code++)
		if (finding_kinds[code].stake == stake && finding_kinds[code].severity != SEVERITY_NOTE)
			count += findings->raised[code];
	return count;
}

/* The most that is at stake. */
static enum finding_stake worst_stake(const struct findings *findings)
{
	enum finding_stake worst = STAKE_DATA;

	while (worst > STAKE_NOTHING && of_stake(findings, worst) == 0)
		worst = (enum finding_stake)(worst - 1);
	return worst;
}

/* "2 errors, 1 warning": what there is of it. */
static void print_severities(const struct fsck_text *text, enum finding_severity least)
{
	const char *before = "";

	for (int severity = SEVERITY_ERROR; severity >= (int)least; severity--) {
		uint64_t count = of_severity(findings_of(text), (enum finding_severity)severity);

		if (count == 0)
			continue;
		fputs(before, text->out);
		text_count(text, count, finding_severity_names[severity]);
		before = ", ";
	}
}

/* "1234 files, 56 directories, 78% used, 9 blocks shared". */
static void print_totals(const struct fsck_text *text)
{
	const struct examine_result *result = text->report->result;
	const struct fsck_totals *totals = &result->fsck.totals;
	uint64_t free_blocks = totals->blocks_free < result->geo.blocks ? totals->blocks_free : result->geo.blocks;
	uint64_t used = result->geo.blocks - free_blocks;

	text_count(text, totals->files, "file");
	fprintf(text->out, ", %" PRIu64 " director%s, ", totals->directories, totals->directories == 1 ? "y" : "ies");
	if (totals->others > 0)
		fprintf(text->out, "%" PRIu64 " other%s, ", totals->others, totals->others == 1 ? "" : "s");
	fprintf(text->out, "%u%% used, ", (unsigned)((double)used * 100 / (double)result->geo.blocks + 0.5));
	text_count(text, totals->blocks_shared, "block");
	fputs(" shared", text->out);
}

/* ------------------------------------------------------------------ what to do */

static void advise(const struct fsck_text *text, const char *advice)
{
	fputs("  - ", text->out);
	fputs(advice, text->out);
	fputc('\n', text->out);
}

/* Whether a finding says that something of its inode itself may be lost. */
static bool hurts_file(const struct finding *finding)
{
	enum finding_stake stake = finding_kinds[finding->code].stake;

	return !finding->follows && finding->at.in_inode && (stake == STAKE_DATA || stake == STAKE_FILE);
}

/* The files that want a look, each once, in the order of the findings. */
static void name_files(const struct fsck_text *text)
{
	const struct findings *findings = findings_of(text);
	uint64_t named[FILES_MAX];
	size_t count = 0;
	bool more = false;

	for (size_t i = 0; i < findings->count && !more; i++) {
		const struct finding *finding = &findings->items[i];
		bool known = !hurts_file(finding);

		for (size_t j = 0; j < count && !known; j++)
			known = named[j] == finding->at.ino;
		if (known)
			continue;
		more = count == FILES_MAX;
		if (more)
			break;
		named[count++] = finding->at.ino;
	}
	if (count == 0)
		return;
	advise(text, "Compare these with a copy, or restore them from one:");
	for (size_t i = 0; i < count; i++) {
		fputs("      ", text->out);
		text_inode_path(text, named[i]);
		fputc('\n', text->out);
	}
	if (more)
		fputs("      and others that the findings name\n", text->out);
}

static void advise_all(const struct fsck_text *text)
{
	const struct examine_result *result = text->report->result;
	const struct findings *findings = findings_of(text);
	bool errors = of_severity(findings, SEVERITY_ERROR) > 0;

	if (result->journal.condition == JOURNAL_DIRTY)
		advise(text, "Mount it once and unmount it, so that the kernel replays the journal, and check again:\n"
			     "    what is shown is the state before that.");
	else if (errors)
		advise(text, "Do not write to it before it is repaired: mount it read-only (mount -o ro,norecovery).");
	if (findings->raised[FINDING_MEDIA_ERROR] > 0 || result->bad.bytes.count > 0)
		advise(text, "xfsdax-scrub says which files the bad places of the device damage.");
	if (worst_stake(findings) >= STAKE_NAMES)
		advise(text, "Copy what can be read to another place before you try to repair.");
	name_files(text);
	if (text->report->no_repair)
		advise(text, "Nothing was changed.");
	else
		advise(text, "Nothing was changed: repairing is a later step of fsck.xfsdax; xfs_repair(8) can.");
}

void text_summary(const struct fsck_text *text)
{
	const struct findings *findings = findings_of(text);

	if (findings_wrong(findings) == 0)
		return;
	style_begin(text->out, text->style, TONE_HEADING);
	fputs("Summary", text->out);
	style_end(text->out, text->style);
	fputs("\n\n", text->out);
	head_label(text->out, "found");
	print_severities(text, SEVERITY_NOTE);
	fputc('\n', text->out);
	for (int stake = STAKE_DATA; stake >= (int)STAKE_NOTHING; stake--) {
		uint64_t count = of_stake(findings, (enum finding_stake)stake);

		if (count == 0)
			continue;
		head_label(text->out, "at stake");
		fprintf(text->out, "%s: ", stake_words[stake]);
		text_count(text, count, "finding");
		fputc('\n', text->out);
	}
	head_label(text->out, "there are");
	print_totals(text);
	fputs(", as far as they can be read\n\n", text->out);
	style_begin(text->out, text->style, TONE_HEADING);
	fputs("What to do", text->out);
	style_end(text->out, text->style);
	fputs("\n\n", text->out);
	advise_all(text);
	fputc('\n', text->out);
}

/* ------------------------------------------------------------------ the last line */

/* What was not checked, because nothing asked for it. */
static void print_unchecked(const struct fsck_text *text)
{
	switch (text->report->result->journal.condition) {
	case JOURNAL_CLEAN:
		fputs("clean, not checked; -f checks", text->out);
		return;
	case JOURNAL_DIRTY:
		fputs("clean once the next mount has replayed its journal, not checked; -f checks", text->out);
		return;
	case JOURNAL_DAMAGED: /* asks for a check */
		fputs("not checked; -f checks", text->out);
		return;
	}
}

static void print_checked(const struct fsck_text *text)
{
	const struct examine_result *result = text->report->result;
	enum finding_stake worst = worst_stake(findings_of(text));

	if (findings_wrong(findings_of(text)) > 0) {
		print_severities(text, SEVERITY_WARNING);
		fprintf(text->out, "; at stake: %s%s", worst == STAKE_INDEX ? "only " : "", stake_words[worst]);
	} else if (result->cancelled) {
		fputs("nothing wrong was found", text->out);
	} else {
		fputs("clean, ", text->out);
		print_totals(text);
		if (result->journal.condition == JOURNAL_DIRTY)
			fputs(", the journal waits for replay", text->out);
	}
	if (result->cancelled)
		fputs("; interrupted, the rest was not checked", text->out);
}

void text_verdict(const struct fsck_text *text)
{
	const struct examine_result *result = text->report->result;
	bool wrong = findings_wrong(findings_of(text)) > 0;

	style_begin(text->out, text->style, wrong ? TONE_BAD : result->cancelled ? TONE_DOUBT : TONE_GOOD);
	escape_text(text->out, text->report->device, strlen(text->report->device));
	fputs(": ", text->out);
	if (result->checked)
		print_checked(text);
	else
		print_unchecked(text);
	if (!wrong && result->bad.bytes.count > 0) {
		fputs("; ", text->out);
		text_count(text, interval_total(&result->bad.bytes), "byte");
		fputs(" of the device are known to be bad (see xfsdax-scrub)", text->out);
	}
	style_end(text->out, text->style);
	fputc('\n', text->out);
}
