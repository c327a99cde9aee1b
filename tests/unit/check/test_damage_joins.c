/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The report does not depend on how the source of the owners had cut them, in which order it gives them, or whether two
 * sources give the same owner: random owners, files and bad ranges, the same report each time.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check/damage/damage.h"
#include "format/inode.h"
#include "unit/check/fake_view.h"
#include "unit/random.h"
#include "unit/runner.h"

Suite *damage_joins_suite(void);

#define BLOCK  4096u
#define BLOCKS 80u

static struct fake_view whole, pieces;

/* ------------------------------------------------------------------ a report as text */

static void print_owners(FILE *out, const struct damage_report *report, const struct damage_piece *piece)
{
	for (size_t i = 0; i < piece->owner_count; i++) {
		const struct damage_owner *owner = &report->owners[piece->owner + i];

		fprintf(out, "    owner %llu fork %d bmbt %d unwritten %d at %llu past %llu\n",
			(unsigned long long)report->files[owner->file].info.ino, owner->fork, owner->bmbt,
			owner->unwritten, (unsigned long long)owner->offset_bytes,
			(unsigned long long)owner->past_eof_bytes);
	}
	for (size_t i = 0; i < piece->inode_count; i++)
		fprintf(out, "    inode %llu allocated %d\n", (unsigned long long)report->inodes[piece->inode + i].ino,
			report->inodes[piece->inode + i].allocated);
}

static void print_files(FILE *out, const struct damage_report *report)
{
	for (size_t i = 0; i < report->file_count; i++) {
		const struct damage_file *file = &report->files[i];

		fprintf(out, "file %llu known %d damaged %d what %x data %llu attributes %llu\n",
			(unsigned long long)file->info.ino, file->known, file->damaged, file->what,
			(unsigned long long)file->data_bytes, (unsigned long long)file->attribute_bytes);
		for (size_t k = 0; k < file->data.count; k++)
			fprintf(out, "    lost %llu..%llu\n", (unsigned long long)file->data.items[k].start,
				(unsigned long long)file->data.items[k].end);
	}
	for (size_t i = 0; i < report->by_damage_count; i++)
		fprintf(out, "damaged %zu\n", report->by_damage[i]);
}

static char *print(const struct damage_report *report)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	ck_assert_ptr_nonnull(out);
	for (size_t i = 0; i < report->range_count; i++) {
		const struct damage_range *range = &report->ranges[i];

		fprintf(out, "range %llu..%llu\n", (unsigned long long)range->start_bytes,
			(unsigned long long)range->end_bytes);
		for (size_t k = 0; k < range->piece_count; k++) {
			const struct damage_piece *piece = &report->pieces[range->piece + k];

			fprintf(out, "  piece %llu..%llu %s group %d %u\n", (unsigned long long)piece->start_bytes,
				(unsigned long long)piece->end_bytes, damage_kinds[piece->code].name, piece->in_group,
				piece->agno);
			print_owners(out, report, piece);
		}
	}
	print_files(out, report);
	for (size_t i = 0; i < report->note_count; i++)
		fprintf(out, "note %d ino %llu %llu..%llu %s\n", report->notes[i].doubt,
			(unsigned long long)report->notes[i].ino, (unsigned long long)report->notes[i].start_bytes,
			(unsigned long long)report->notes[i].end_bytes, report->notes[i].why.text);
	for (int i = 0; i < DAMAGE_CODES; i++)
		if (report->totals.pieces[i])
			fprintf(out, "total %s %llu bytes in %llu\n", damage_kinds[i].name,
				(unsigned long long)report->totals.bytes[i],
				(unsigned long long)report->totals.pieces[i]);
	fprintf(out, "hurt %d %d, %llu files\n", report->files_hurt, report->metadata_hurt,
		(unsigned long long)report->totals.damaged_files);
	fclose(out);
	return text;
}

static char *report_of(const struct fake_view *fake, const struct interval_set *bad)
{
	struct damage_options options = {.no_paths = true};
	struct damage_report report = {0};
	struct error err = {0};
	char *text;

	ck_assert_msg(damage_find(&fake->view, bad, &options, &report, &err) == 0, "%s", err.text);
	text = print(&report);
	damage_report_fini(&report);
	return text;
}

/* ------------------------------------------------------------------ random owners */

/* Files of every type; some cannot be read, one is internal. */
static void add_files(struct fake_view *fake, uint64_t *random)
{
	static const uint32_t types[] = {INODE_MODE_FILE, INODE_MODE_FILE, INODE_MODE_FILE, INODE_MODE_DIR,
					 INODE_MODE_LINK};

	for (uint64_t ino = 1000; ino < 1010; ino++) {
		fake_file(fake, ino, types[random_below(random, 5)], random_below(random, BLOCKS * BLOCK));
		fake->files[fake->file_count - 1].rc = random_below(random, 8) ? 0 : ERR_CORRUPT;
	}
	fake->view.geo.quota_ino[1] = 1009;
	fake->chunk_first = 10 * (BLOCK / 512); /* in group 0: block 10 */
	fake->chunk_present = ~(random_next(random) & 0xf0);
	fake->chunk_allocated = random_next(random);
	for (uint64_t ino = fake->chunk_first; ino < fake->chunk_first + 64; ino++)
		fake_file(fake, ino, INODE_MODE_FILE, 100);
}

/* @sound: one after the other, as a sound file system has them; otherwise anything claims anything. */
static void add_owner(struct fake_view *fake, bool sound, uint64_t *at, uint64_t *random)
{
	static const enum owner_kind kinds[] = {OWNER_FREE,   OWNER_LOG, OWNER_SPACE,	OWNER_INOBT,
						OWNER_INODES, OWNER_COW, OWNER_UNKNOWN, OWNER_REFCOUNTBT};
	uint64_t start = (sound ? *at : random_below(random, BLOCKS)) * BLOCK;
	uint64_t end = start + (1 + random_below(random, 6)) * BLOCK;

	*at = end / BLOCK + (random_below(random, 8) == 0);
	if (random_below(random, 2)) {
		fake_own(fake, kinds[random_below(random, 8)], start, end);
		return;
	}
	/* Sharing, at an offset that tells whether it is unwritten: no two owners contradict each other in that. */
	for (uint64_t sharers = 1 + random_below(random, 3); sharers > 0; sharers--) {
		uint64_t ino = 1000 + random_below(random, 10), way = random_below(random, 8);
		struct owner *owner = fake_own_file(fake, ino, start, end, start);

		if (way == 0) {
			owner->unwritten = true;
			owner->offset_bytes += 7 * BLOCK;
		} else if (way == 1) {
			owner->fork = FORK_ATTR;
		} else if (way == 2) {
			owner->bmbt = true;
			owner->offset_bytes = 0;
		} else if (way < 5) {
			owner->offset_bytes += way * BLOCK;
		}
	}
}

/* The same owners cut at random blocks, as every source counts in blocks, some of them given twice, in random order. */
static void cut_up(uint64_t *random)
{
	pieces = whole;
	pieces.ops = whole.ops;
	pieces.view.ops = &pieces.ops;
	pieces.view.self = &pieces;
	pieces.owner_count = 0;
	for (size_t i = 0; i < whole.owner_count; i++) {
		uint64_t at = whole.owners[i].start_bytes;

		while (at < whole.owners[i].end_bytes) {
			uint64_t end = at + (1 + random_below(random, 3)) * BLOCK;
			struct owner piece = whole.owners[i];

			if (owner_cut(&piece, at, end))
				*fake_own(&pieces, OWNER_FREE, 0, 0) = piece;
			at = end;
		}
		for (uint64_t more = random_below(random, 3); more > 0; more--) {
			struct owner piece = whole.owners[i];
			uint64_t skip = random_below(random, 3) * BLOCK;

			if (owner_cut(&piece, piece.start_bytes + skip, piece.start_bytes + skip + 2 * BLOCK))
				*fake_own(&pieces, OWNER_FREE, 0, 0) = piece;
		}
	}
	for (size_t i = pieces.owner_count; i > 1; i--) {
		size_t k = random_below(random, i);
		struct owner keep = pieces.owners[i - 1];

		pieces.owners[i - 1] = pieces.owners[k];
		pieces.owners[k] = keep;
	}
}

static void random_bad(struct interval_set *bad, uint64_t *random)
{
	for (uint64_t at = random_below(random, 9) * 512; at < (BLOCKS + 10) * BLOCK;) {
		uint64_t end = at + (1 + random_below(random, 100)) * 512;

		ck_assert_int_eq(interval_add(bad, at, end), 0);
		at = end + (1 + random_below(random, 40)) * 512;
	}
	interval_settle(bad);
}

/* Shows both from a few lines before the first difference. */
static void expect_same(const char *text, const char *expected, uint64_t round)
{
	size_t same = 0, from;

	while (text[same] && text[same] == expected[same])
		same++;
	from = same > 300 ? same - 300 : 0;
	ck_assert_msg(text[same] == expected[same], "round %llu: expected:\n...%.500s\nbut was:\n...%.500s",
		      (unsigned long long)round, expected + from, text + from);
}

START_TEST(says_the_same_however_owners_are_cut)
{
	for (uint64_t round = 0; round < 150; round++) {
		uint64_t random = round * 2 + (uint64_t)_i + 1, at = 2;
		struct interval_set bad = {0};
		char *expected;

		fake_init(&whole);
		add_files(&whole, &random);
		fake_own(&whole, OWNER_AG_HEADER, 0, BLOCK);
		for (int i = 0; i < 25; i++)
			add_owner(&whole, _i == 0, &at, &random);
		random_bad(&bad, &random);
		expected = report_of(&whole, &bad);
		for (int i = 0; i < 5; i++) {
			char *text;

			cut_up(&random);
			text = report_of(&pieces, &bad);
			expect_same(text, expected, round);
			free(text);
		}
		free(expected);
		interval_fini(&bad);
	}
}
END_TEST

Suite *damage_joins_suite(void)
{
	Suite *suite = suite_create("damage_joins");
	TCase *tcase = tcase_create("all");

	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(tcase, says_the_same_however_owners_are_cut, 0, 2);
	suite_add_tcase(suite, tcase);
	return suite;
}
