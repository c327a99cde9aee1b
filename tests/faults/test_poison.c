/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Each block of metadata of an image in turn cannot be read: every run must end with a report. If the report has
 * no note, it must say what it says of the sound image; if it has one, nothing that is not so.
 *
 * A block is made unreadable by poison in the mapping, page by page, and by the list of known bad ranges: both must
 * give the same report. Where blocks are smaller than pages the list also names single blocks of the groups' own metadata
 * (of files' in a sample), and sectors of headers. A sample of the pages goes through scrub_run.
 *
 * usage: test_poison IMAGE [FSMAP]
 *
 * With FSMAP, every block that the kernel says is metadata must have been among them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check/damage/scrub.h"
#include "faults/poison.h"
#include "lib/fsmap_file.h"
#include "lib/report_text.h"
#include "lib/whole_run.h"

#define PIECES_OF_A_KIND 3u /* asked about, of each kind of damage */
#define NAMES_MAX	 100u /* of a file asked about: more say no more, but cost time in every run */
#define SAMPLE		 40u  /* one page of so many goes through scrub_run too; of the journal, through it all */

static unsigned long checks, failures, with_notes;

struct bench {
	const char *path;
	struct device *device; /* mapped */
	struct pool *pool;
	struct geometry geo;
	bool scan;
	struct interval_set metadata;
	struct interval_set of_groups; /* of that: headers, trees, inodes */
	struct interval_set bad;      /* what is asked about: of every kind */
	struct interval_set bad_data; /* of these, what no run ever reads */
	struct whole_run sound;
	char *sound_answer;
};

static void fail(uint64_t offset, uint64_t len, const char *how, const char *what)
{
	failures++;
	if (failures < 40)
		printf("FAIL bytes %llu+%llu, %s: %s\n", (unsigned long long)offset, (unsigned long long)len, how, what);
}

static void die(const char *what, const struct error *err)
{
	fprintf(stderr, "%s: %s\n", what, err ? err->text : "");
	exit(99);
}

static void add(struct interval_set *set, uint64_t start, uint64_t end)
{
	if (interval_add(set, start, end) != 0)
		die("no memory", NULL);
}

/* ------------------------------------------------------------------ what to break, and what to ask */

static bool is_metadata(enum damage_code code)
{
	return damage_kinds[code].hurt == HURT_METADATA || code == DAMAGE_ATTRIBUTES || code == DAMAGE_SYMLINK ||
	       code == DAMAGE_FREE_LIST || code == DAMAGE_AG_PADDING;
}

static void ask(struct bench *bench, enum damage_code code, uint64_t start, uint64_t end)
{
	add(&bench->bad, start, end);
	if (!is_metadata(code))
		add(&bench->bad_data, start, end);
}

static bool has_many_names(const struct damage_report *report, const struct damage_piece *piece)
{
	for (size_t i = 0; i < piece->owner_count; i++)
		if (report->files[report->owners[piece->owner + i].file].path_count > NAMES_MAX)
			return true;
	return piece->inode_count > 0 && report->inodes[piece->inode].allocated &&
	       report->files[report->inodes[piece->inode].file].path_count > NAMES_MAX;
}

/*
 * Asks about pieces of every kind, a byte of each: the first ones, and the ones with the most owners. And finds the
 * metadata, from a report of the whole device.
 */
static void choose(struct bench *bench)
{
	const struct damage_piece *most[DAMAGE_CODES] = {0};
	unsigned taken[DAMAGE_CODES] = {0};
	struct interval_set all = {0};
	struct whole_run run;

	add(&all, 0, bench->geo.blocks << bench->geo.block_log);
	whole_run(bench->device, bench->pool, &all, bench->scan, &run);
	if (run.step || run.report.note_count > 0)
		die("the whole image", run.step ? &run.err : &run.report.notes[0].why);
	for (size_t i = 0; i < run.report.piece_count; i++) {
		const struct damage_piece *piece = &run.report.pieces[i];

		if (is_metadata(piece->code))
			add(&bench->metadata, piece->start_bytes, piece->end_bytes);
		if (is_metadata(piece->code) && piece->owner_count == 0)
			add(&bench->of_groups, piece->start_bytes, piece->end_bytes);
		if (has_many_names(&run.report, piece))
			continue;
		if (!most[piece->code] || most[piece->code]->owner_count < piece->owner_count)
			most[piece->code] = piece;
		if (taken[piece->code]++ < PIECES_OF_A_KIND)
			ask(bench, piece->code, piece->start_bytes, piece->start_bytes + 1);
	}
	for (size_t i = 0; i < DAMAGE_CODES; i++)
		if (most[i])
			ask(bench, most[i]->code, most[i]->end_bytes - 1, most[i]->end_bytes);
	interval_settle(&bench->metadata);
	interval_settle(&bench->of_groups);
	interval_settle(&bench->bad);
	interval_settle(&bench->bad_data);
	interval_fini(&all);
	whole_run_fini(&run);
}

static void check_fsmap(const struct bench *bench, const char *path)
{
	struct fsmap_file file;

	fsmap_file_read(path, &file);
	for (size_t i = 0; i < file.count; i++) {
		const struct owner *owner = &file.rows[i].owner;
		const struct interval *have = interval_find(&bench->metadata, owner->start_bytes);
		bool of_file = owner->kind == OWNER_FILE && owner->fork == FORK_DATA && !owner->bmbt;

		/* Data forks of directories and links are told by their inodes, which the kernel's list does not have. */
		if (owner->kind == OWNER_FREE || owner->kind == OWNER_COW || of_file)
			continue;
		checks++;
		if (!have || have->start > owner->start_bytes || have->end < owner->end_bytes)
			fail(owner->start_bytes, owner->end_bytes - owner->start_bytes, "sound",
			     "the kernel has metadata here");
	}
	fsmap_file_free(&file);
}

/* ------------------------------------------------------------------ one run */

/* Also shows the first line in which @is differs from @should. */
static void fail_differing(uint64_t offset, uint64_t len, const char *how, const char *what, const char *is,
			   const char *should)
{
	size_t same = 0, line = 0;

	fail(offset, len, how, what);
	for (; is[same] && is[same] == should[same]; same++)
		if (is[same] == '\n')
			line = same + 1;
	printf("  one:   %.*s\n  other: %.*s\n", (int)strcspn(is + line, "\n"), is + line,
	       (int)strcspn(should + line, "\n"), should + line);
}

static void compare(const struct bench *bench, const struct whole_run *run, uint64_t offset, uint64_t len,
		    const char *how)
{
	const char *flaw = whole_run_flaw(run);
	char *answer;

	checks++;
	if (run->step || flaw) {
		fail(offset, len, how, run->step ? run->err.text : flaw);
		return;
	}
	with_notes += run->report.note_count > 0;
	answer = report_answer(&run->report);
	if (strcmp(answer, bench->sound_answer) != 0) {
		if (!report_within(&run->report, &bench->sound.report))
			fail_differing(offset, len, how, "an owner or a path that is none", answer, bench->sound_answer);
		/* What is asked about is not readable itself: the report says so by calling it damaged. */
		if (run->report.note_count == 0 && !interval_overlaps(&bench->bad, offset, offset + len))
			fail_differing(offset, len, how, "another answer than of the sound image, and no note",
				       answer, bench->sound_answer);
	}
	free(answer);
}

static void set_bad(struct bench *bench, uint64_t offset, uint64_t len)
{
	struct interval_set set = {0};
	struct error err;

	add(&set, offset, offset + len);
	if (device_set_bad(bench->device, &set, &err) != 0)
		die("device_set_bad", &err);
	interval_fini(&set);
}

static void run_known_bad(struct bench *bench, uint64_t offset, uint64_t len, struct whole_run *run)
{
	set_bad(bench, offset, len);
	whole_run(bench->device, bench->pool, &bench->bad, bench->scan, run);
	set_bad(bench, 0, 0);
	compare(bench, run, offset, len, "known bad");
}

static void check_same(const struct damage_report *a, const struct damage_report *b, uint64_t offset, const char *what)
{
	char *answer_a = report_answer(a), *answer_b = report_answer(b);
	char *doubts_a = report_doubts(a), *doubts_b = report_doubts(b);

	checks++;
	if (strcmp(answer_a, answer_b) != 0)
		fail_differing(offset, POISON_PAGE_BYTES, "poison", what, answer_a, answer_b);
	if (strcmp(doubts_a, doubts_b) != 0)
		fail_differing(offset, POISON_PAGE_BYTES, "poison", what, doubts_a, doubts_b);
	free(answer_a);
	free(answer_b);
	free(doubts_a);
	free(doubts_b);
}

/* The tool's own way, which maps the image anew: it must find the poison where it lies, and say the same. */
static void check_scrub(struct bench *bench, uint64_t offset)
{
	struct scrub_options options = {.path = bench->path, .ranges = bench->bad_data, .mapped = true, .threads = 2};
	struct scrub_result result = {0};
	struct whole_run expected;
	struct error err;
	int rc;

	poison_page(offset);
	whole_run(bench->device, bench->pool, &bench->bad_data, bench->scan, &expected);
	poison_heal(offset);
	poison_next_mapping(offset);
	rc = scrub_run(&options, &result, &err);
	checks++;
	if (rc != 0)
		fail(offset, POISON_PAGE_BYTES, "scrub_run", err.text);
	else if (!expected.step)
		check_same(&result.damage, &expected.report, offset, "scrub_run gives another report");
	if (rc == 0 && result.damage.note_count > 0 && !(scrub_status(&result) & 4))
		fail(offset, POISON_PAGE_BYTES, "scrub_run", "the exit status says that nothing is missing");
	scrub_result_fini(&result);
	whole_run_fini(&expected);
}

/* Of the journal only its own state depends: nothing is asked about the rest. */
static void run_journal_page(struct bench *bench, uint64_t page)
{
	static const struct interval_set nothing;
	struct whole_run run;
	const char *flaw;

	poison_page(page);
	whole_run(bench->device, bench->pool, &nothing, bench->scan, &run);
	poison_heal(page);
	flaw = whole_run_flaw(&run);
	checks++;
	if (run.step || flaw)
		fail(page, POISON_PAGE_BYTES, "poison", run.step ? run.err.text : flaw);
	else if (run.journal.condition != bench->sound.journal.condition &&
		 run.journal.condition != JOURNAL_DAMAGED)
		fail(page, POISON_PAGE_BYTES, "poison", "another state of the journal");
	whole_run_fini(&run);
}

static void run_page(struct bench *bench, uint64_t page, bool also_scrub)
{
	struct whole_run poisoned, known;

	poison_page(page);
	whole_run(bench->device, bench->pool, &bench->bad, bench->scan, &poisoned);
	poison_heal(page);
	compare(bench, &poisoned, page, POISON_PAGE_BYTES, "poison");
	run_known_bad(bench, page, POISON_PAGE_BYTES, &known);
	if (!poisoned.step && !known.step)
		check_same(&poisoned.report, &known.report, page, "a list of known bad ranges gives another report");
	whole_run_fini(&known);
	whole_run_fini(&poisoned);
	if (also_scrub)
		check_scrub(bench, page);
}

/* The parts of a page that are damaged by themselves: sectors of headers, blocks. */
static void run_parts(struct bench *bench, uint64_t page, uint32_t part_bytes)
{
	for (uint64_t at = page; at < page + POISON_PAGE_BYTES; at += part_bytes) {
		struct whole_run run;

		if (!interval_overlaps(&bench->metadata, at, at + part_bytes))
			continue;
		run_known_bad(bench, at, part_bytes, &run);
		whole_run_fini(&run);
	}
}

static bool is_journal(const struct geometry *geo, uint64_t page)
{
	uint64_t start = geometry_block_offset(geo, geo->log_start);

	return page >= start && page - start + POISON_PAGE_BYTES <= (uint64_t)geo->log_blocks << geo->block_log;
}

static void run_any_page(struct bench *bench, uint64_t page, unsigned long number)
{
	uint64_t group_bytes = (uint64_t)bench->geo.ag_blocks << bench->geo.block_log;
	bool header = page % group_bytes <= AGFL_SECTOR * (uint64_t)bench->geo.sector_bytes;
	bool sampled = number % SAMPLE == 0;

	if (is_journal(&bench->geo, page) && !sampled) {
		run_journal_page(bench, page);
		return;
	}
	run_page(bench, page, sampled || header);
	if (header && bench->geo.sector_bytes < POISON_PAGE_BYTES)
		run_parts(bench, page, bench->geo.sector_bytes);
	else if (bench->geo.block_bytes < POISON_PAGE_BYTES &&
		 (sampled || interval_overlaps(&bench->of_groups, page, page + POISON_PAGE_BYTES)))
		run_parts(bench, page, bench->geo.block_bytes);
}

/* Every page that holds metadata; of a block larger than a page the first page and the last. */
static void run_all(struct bench *bench)
{
	uint64_t next = 0;
	unsigned long pages = 0;

	for (size_t i = 0; i < bench->metadata.count; i++) {
		const struct interval *part = &bench->metadata.items[i];
		uint64_t page = part->start / POISON_PAGE_BYTES * POISON_PAGE_BYTES;

		for (page = page < next ? next : page; page < part->end; page += POISON_PAGE_BYTES) {
			uint64_t in_block = page % bench->geo.block_bytes;

			if (in_block == 0 || in_block + POISON_PAGE_BYTES >= bench->geo.block_bytes)
				run_any_page(bench, page, pages++);
			next = page + POISON_PAGE_BYTES;
		}
	}
	printf("%lu pages, %lu reports with notes: ", pages, with_notes);
}

int main(int argc, char **argv)
{
	struct bench bench = {0};
	struct fs *fs = NULL;
	struct error err;

	if (argc < 2 || argc > 3) {
		fprintf(stderr, "usage: test_poison IMAGE [FSMAP]\n");
		return 99;
	}
	bench.path = argv[1];
	if (device_open(argv[1], DEVICE_MAPPED, &bench.device, &err) != 0 || fs_open(bench.device, &fs, &err) != 0 ||
	    pool_open(2, &bench.pool, &err) != 0)
		die(argv[1], &err);
	bench.geo = fs->geo;
	fs_close(fs);
	choose(&bench);
	if (argc == 3)
		check_fsmap(&bench, argv[2]);
	whole_run(bench.device, bench.pool, &bench.bad, bench.scan, &bench.sound);
	if (bench.sound.step || bench.sound.report.note_count > 0)
		die("the sound image", &bench.sound.err);
	bench.sound_answer = report_answer(&bench.sound.report);
	run_all(&bench);
	free(bench.sound_answer);
	whole_run_fini(&bench.sound);
	interval_fini(&bench.metadata);
	interval_fini(&bench.of_groups);
	interval_fini(&bench.bad);
	interval_fini(&bench.bad_data);
	pool_close(bench.pool);
	device_close(bench.device);
	printf("%lu passed, %lu failed\n", checks - (failures < checks ? failures : checks), failures);
	return failures ? 1 : 0;
}
