/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A check for people: the whole, its head and its costs. Findings: fsck_text_findings.c; the end: fsck_text_summary.c.
 */
#include <inttypes.h>
#include <string.h>

#include "report/escape.h"
#include "report/flush.h"
#include "report/fsck_text_parts.h"
#include "report/head_text.h"
#include "report/size.h"
#include "report/words.h"

void text_count(const struct fsck_text *text, uint64_t count, const char *word)
{
	fprintf(text->out, "%" PRIu64 " %s%s", count, word, count == 1 ? "" : "s");
}

void text_inode_path(const struct fsck_text *text, uint64_t ino)
{
	const struct examine_path *path = examine_path_of(text->report->result, ino);

	fprintf(text->out, "inode %" PRIu64, ino);
	if (!path)
		return;
	fputc(' ', text->out);
	if (!path->connected)
		fprintf(text->out, "(inode %" PRIu64 ", not reached from the root)", path->top_ino);
	escape_text(text->out, path->bytes, path->len);
}

static void head_bad(const struct fsck_text *text)
{
	const struct known_bad *bad = &text->report->result->bad;
	const char *before = "from ";

	if (bad->bytes.count == 0)
		return;
	head_label(text->out, "known bad");
	text_count(text, interval_total(&bad->bytes), "byte");
	fputs(" in ", text->out);
	text_count(text, bad->bytes.count, "range");
	fputs(", ", text->out);
	for (const struct bad_from_word *word = bad_from_words; word->flag; word++)
		if (bad->from & word->flag) {
			fprintf(text->out, "%s%s", before, word->phrase);
			before = ", ";
		}
	if (bad->maybe_incomplete)
		fputs("; the list is full, there may be more", text->out);
	fputc('\n', text->out);
}

static void print_head(const struct fsck_text *text)
{
	const struct examine_result *result = text->report->result;

	style_begin(text->out, text->style, TONE_HEADING);
	escape_text(text->out, text->report->device, strlen(text->report->device));
	style_end(text->out, text->style);
	fputc('\n', text->out);
	head_file_system(text->out, &result->geo);
	head_superblock(text->out, text->style, result->sb_agno, &result->sb_error);
	head_bad(text);
	head_journal(text->out, text->style, &result->journal);
	fputc('\n', text->out);
}

static void print_costs(const struct fsck_text *text)
{
	const struct pass_costs *costs = text->report->costs;
	struct pass_cost all = {0};
	char size[SIZE_TEXT];

	if (!costs || costs->count == 0)
		return;
	fprintf(text->out, "  %10s  %10s  %8s  pass\n", "seconds", "read", "calls");
	for (size_t i = 0; i < costs->count; i++) {
		const struct pass_cost *cost = &costs->items[i];

		fprintf(text->out, "  %10.3f  %10s  %8" PRIu64 "  %s: %s\n", (double)cost->nanoseconds / 1e9,
			size_text(size, cost->bytes), cost->reads, cost->pass->name, cost->pass->purpose);
		all.nanoseconds += cost->nanoseconds;
		all.bytes += cost->bytes;
		all.reads += cost->reads;
	}
	fprintf(text->out, "  %10.3f  %10s  %8" PRIu64 "  all passes\n\n", (double)all.nanoseconds / 1e9,
		size_text(size, all.bytes), all.reads);
}

int report_fsck_text(const struct fsck_report *report, FILE *out, const struct text_style *style, struct error *err)
{
	const struct findings *findings = &report->result->fsck.findings;
	struct fsck_groups groups = {0};
	const struct fsck_text text = {.out = out, .style = style, .report = report, .groups = &groups};
	int rc = fsck_groups_make(findings, report->each, &groups, err);

	if (rc == 0) {
		if (findings->count > 0 || report->costs)
			print_head(&text);
		text_findings(&text);
		print_costs(&text);
		text_summary(&text);
		text_verdict(&text);
		rc = report_flush(out, err);
	}
	fsck_groups_fini(&groups);
	return rc;
}
