/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The state of the journal, on logs that are made here block by block. */
#include "fs/journal.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "format/log.h"

#define BLOCKS	   16384u /* of the log: 8 MiB */
#define LOG_OFFSET 65536u /* in the file */
#define FILE_BYTES ((size_t)LOG_OFFSET + (size_t)BLOCKS * LOG_BLOCK_BYTES)

static const struct uuid fs_uuid = {{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}};

static uint8_t *log_bytes;
static struct interval_set bad; /* media errors, bytes of the file */

static void setup(void)
{
	log_bytes = calloc(BLOCKS, LOG_BLOCK_BYTES);
	ck_assert_ptr_nonnull(log_bytes);
}

static void teardown(void)
{
	free(log_bytes);
	interval_fini(&bad);
	bad = (struct interval_set){0};
}

/* ---- making logs ---- */

static void put_be32(size_t block, size_t at, uint32_t value)
{
	be32 word = be32_of(value);

	memcpy(log_bytes + block * LOG_BLOCK_BYTES + at, &word, sizeof(word));
}

/* Blocks [from, to) as if written in @cycle. */
static void stamp(uint32_t cycle, uint32_t from, uint32_t to)
{
	for (uint32_t i = from; i < to; i++)
		put_be32(i, 0, cycle);
}

struct writer {
	uint32_t cycle, block;
	uint32_t last; /* block of the record written last */
	uint64_t tail_lsn;
	uint32_t size; /* of the kernel's buffer */
};

static struct writer writer_at(uint32_t cycle, uint32_t block)
{
	return (struct writer){.cycle = cycle, .block = block, .tail_lsn = lsn_of(cycle, block), .size = 32768};
}

static void seal(uint32_t block, uint32_t blocks)
{
	uint8_t *copy = malloc((size_t)blocks * LOG_BLOCK_BYTES);
	le32 crc;

	for (uint32_t i = 0; i < blocks; i++)
		memcpy(copy + (size_t)i * LOG_BLOCK_BYTES, log_bytes + (size_t)((block + i) % BLOCKS) * LOG_BLOCK_BYTES,
		       LOG_BLOCK_BYTES);
	crc = le32_of(log_record_crc((struct span){copy, (size_t)blocks * LOG_BLOCK_BYTES}));
	memcpy(log_bytes + (size_t)block * LOG_BLOCK_BYTES + offsetof(struct disk_log_record, crc), &crc, sizeof(crc));
	free(copy);
}

/* Writes a record; returns the block of its header. */
static uint32_t put_record(struct writer *w, uint32_t len_bytes, uint32_t ops, uint8_t flags)
{
	struct disk_log_record header = {
		.magicno = be32_of(LOG_MAGIC),
		.cycle = be32_of(w->cycle),
		.version = be32_of(LOG_VERSION_2),
		.len = be32_of(len_bytes),
		.lsn = be64_of(lsn_of(w->cycle, w->block)),
		.tail_lsn = be64_of(w->tail_lsn),
		.prev_block = be32_of(w->last),
		.num_logops = be32_of(ops),
		.fmt = be32_of(LOG_FMT_LINUX_LE),
		.fs_uuid = fs_uuid,
		.size = be32_of(w->size),
	};
	struct disk_log_op op = {.clientid = LOG_CLIENT_LOG, .flags = flags};
	uint32_t start = w->block, headers = log_header_blocks(&header);
	uint32_t blocks = headers + log_data_blocks(&header);

	for (uint32_t i = 0; i < blocks; i++) {
		uint8_t *block = log_bytes + (size_t)((start + i) % BLOCKS) * LOG_BLOCK_BYTES;

		memset(block, (int)(start + i), LOG_BLOCK_BYTES);
		if (i == 0)
			memcpy(block, &header, sizeof(header));
		else if (i == headers)
			memcpy(block, &op, sizeof(op));
		if (i > 0)
			put_be32((start + i) % BLOCKS, 0, start + i < BLOCKS ? w->cycle : w->cycle + 1);
	}
	seal(start, blocks);
	w->last = start;
	w->block = start + blocks;
	if (w->block >= BLOCKS) {
		w->block -= BLOCKS;
		w->cycle++;
	}
	return start;
}

static uint32_t put_dirty(struct writer *w, uint32_t len_bytes)
{
	return put_record(w, len_bytes, 5, LOG_OP_START);
}

static void put_unmount(struct writer *w)
{
	put_record(w, LOG_BLOCK_BYTES, 1, LOG_OP_UNMOUNT);
	w->tail_lsn = lsn_of(w->cycle, w->block);
}

static int inspect(struct journal_state *state)
{
	char path[] = "/tmp/test_journal.XXXXXX";
	struct fs fs = {.geo = {.block_bytes = 4096,
				.block_log = 12,
				.ag_count = 1,
				.ag_blocks = 65536,
				.blocks = 65536,
				.log_start = {0, LOG_OFFSET / 4096},
				.log_blocks = BLOCKS / 8,
				.uuid = fs_uuid}};
	struct error err = {0};
	int fd = mkstemp(path), rc;

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(ftruncate(fd, FILE_BYTES), 0);
	ck_assert_int_eq(pwrite(fd, log_bytes, (size_t)BLOCKS * LOG_BLOCK_BYTES, LOG_OFFSET),
			 (ssize_t)BLOCKS * LOG_BLOCK_BYTES);
	close(fd);
	ck_assert_int_eq(device_open(path, 0, &fs.device, &err), 0);
	ck_assert_int_eq(device_set_bad(fs.device, &bad, &err), 0);
	rc = journal_inspect(&fs, state, &err);
	device_close(fs.device);
	unlink(path);
	return rc;
}

static void expect_clean(const struct writer *w)
{
	struct journal_state state;

	ck_assert_int_eq(inspect(&state), 0);
	ck_assert_msg(state.condition == JOURNAL_CLEAN, "head %u: %s", w->block, state.why.text);
	ck_assert_uint_eq(state.head_block, w->block);
	ck_assert_uint_eq(state.head_lsn, lsn_of(w->cycle, w->block));
	ck_assert_uint_eq(state.tail_lsn, state.head_lsn);
	ck_assert_uint_eq(state.dirty_records, 0);
	ck_assert(!state.unused);
}

static void expect_dirty(uint32_t cycle, uint32_t head, uint64_t tail_lsn, uint64_t records, uint32_t torn)
{
	struct journal_state state;

	ck_assert_int_eq(inspect(&state), 0);
	ck_assert_msg(state.condition == JOURNAL_DIRTY, "%s", state.why.text);
	ck_assert_uint_eq(state.head_block, head);
	ck_assert_uint_eq(state.head_lsn, lsn_of(cycle, head));
	ck_assert_uint_eq(state.tail_lsn, tail_lsn);
	ck_assert_uint_eq(state.dirty_records, records);
	ck_assert_uint_eq(state.dirty_bytes,
			  (uint64_t)((head + BLOCKS - lsn_block(tail_lsn)) % BLOCKS) * LOG_BLOCK_BYTES);
	ck_assert_uint_eq(state.torn_records, torn);
}

static void expect_damaged(enum flaw flaw)
{
	struct journal_state state;

	ck_assert_int_eq(inspect(&state), 0);
	ck_assert_int_eq(state.condition, JOURNAL_DAMAGED);
	ck_assert_int_eq(state.why.code, ERR_CORRUPT);
	ck_assert_msg(state.why.flaw == flaw, "flaw %d: %s", (int)state.why.flaw, state.why.text);
	ck_assert(state.why.has_offset);
	ck_assert_uint_ge(state.why.offset_bytes, LOG_OFFSET);
}

/* ---- never used, clean ---- */

START_TEST(zeros_are_clean)
{
	struct journal_state state;

	ck_assert_int_eq(inspect(&state), 0);
	ck_assert_int_eq(state.condition, JOURNAL_CLEAN);
	ck_assert(state.unused);
	ck_assert_uint_eq(state.head_lsn, 0);
}
END_TEST

START_TEST(zeros_then_something_is_damaged)
{
	struct writer w = writer_at(1, 2);

	put_dirty(&w, 1024);
	expect_damaged(FLAW_FORMAT);
}
END_TEST

START_TEST(first_unmount_record)
{
	struct writer w = writer_at(1, 0);

	put_unmount(&w);
	ck_assert_uint_eq(w.block, 2);
	/* As mkfs.xfs leaves it. */
	put_be32(0, offsetof(struct disk_log_record, crc), 0);
	expect_clean(&w);
}
END_TEST

START_TEST(unmounted_anywhere)
{
	/* Every place near the ends and some between, in the first pass and in a later one. */
	for (uint32_t cycle = 1; cycle <= 7; cycle += 6)
		for (uint32_t at = 0; at < BLOCKS; at += at < 70 || at > BLOCKS - 70 ? 1 : 1009) {
			struct writer w;

			memset(log_bytes, 0, (size_t)BLOCKS * LOG_BLOCK_BYTES);
			stamp(cycle, 0, at);
			stamp(cycle - 1, at, BLOCKS);
			w = writer_at(cycle, at);
			put_unmount(&w);
			expect_clean(&w);
		}
}
END_TEST

START_TEST(unmount_with_bad_checksum)
{
	struct writer w = writer_at(1, 0);

	put_dirty(&w, 4096);
	put_unmount(&w);
	log_bytes[(size_t)w.block * LOG_BLOCK_BYTES - 1] ^= 1;
	expect_damaged(FLAW_CRC);
}
END_TEST

/* ---- dirty ---- */

START_TEST(records_after_an_unmount)
{
	struct writer w = writer_at(1, 0);
	uint64_t tail;

	put_unmount(&w);
	tail = w.tail_lsn;
	for (int i = 0; i < 20; i++)
		put_dirty(&w, 32256);
	expect_dirty(1, w.block, tail, 20, 0);
}
END_TEST

START_TEST(long_records_have_more_headers)
{
	struct writer w = writer_at(3, 100);
	uint64_t tail = w.tail_lsn;

	stamp(3, 0, 100);
	stamp(2, 100, BLOCKS);
	w.size = 262144;
	put_dirty(&w, 262144 - 4096); /* 8 header blocks, all needed */
	put_dirty(&w, 79 * 512);      /* 8 header blocks, 2 needed */
	put_dirty(&w, 512);
	ck_assert_uint_eq(w.block, 100 + 8 + 504 + 8 + 79 + 8 + 1);
	expect_dirty(3, w.block, tail, 3, 0);
}
END_TEST

START_TEST(around_the_end)
{
	/* A record that is cut by the end of the log at each of its blocks. */
	for (uint32_t before = 1; before <= 10; before++) {
		struct writer w = writer_at(4, BLOCKS - before - 65);
		uint64_t tail = w.tail_lsn;

		stamp(4, 0, w.block);
		stamp(3, w.block, BLOCKS);
		put_dirty(&w, 64 * 512);
		put_dirty(&w, 9 * 512);
		put_dirty(&w, 5 * 512);
		ck_assert_uint_eq(w.cycle, 5);
		expect_dirty(5, w.block, tail, 3, 0);
	}
}
END_TEST

START_TEST(full_to_the_last_block)
{
	struct writer w = writer_at(2, BLOCKS - 64);
	uint64_t tail = w.tail_lsn;

	stamp(2, 0, w.block);
	stamp(1, w.block, BLOCKS);
	put_dirty(&w, 63 * 512);
	ck_assert_uint_eq(w.block, 0);
	expect_dirty(3, 0, tail, 1, 0);
}
END_TEST

/* ---- writes that did not all arrive ---- */

/* @count records of 64 blocks from @start on; the number of the lost one's lost block. */
static void lose(uint32_t cycle, uint32_t start, unsigned count, unsigned lost, uint32_t lost_block)
{
	struct writer w = writer_at(cycle, start);
	uint64_t tail = w.tail_lsn;
	struct writer head = w;
	uint32_t first = start;

	memset(log_bytes, 0, (size_t)BLOCKS * LOG_BLOCK_BYTES);
	stamp(cycle, 0, start);
	stamp(cycle - 1, start, BLOCKS);
	for (unsigned i = 0; i < count; i++) {
		if (i == lost) {
			head = w;
			first = w.block;
		}
		put_dirty(&w, 63 * 512);
	}
	/* The block keeps what was there a pass before. */
	lost_block += first;
	memset(log_bytes + (size_t)(lost_block % BLOCKS) * LOG_BLOCK_BYTES, 0, LOG_BLOCK_BYTES);
	put_be32(lost_block % BLOCKS, 0, lost_block < BLOCKS ? head.cycle - 1 : head.cycle);
	expect_dirty(head.cycle, head.block, tail, lost, lost_block == first ? 0 : 1);
}

START_TEST(lost_blocks)
{
	/* Of the last eight records, in any of them. */
	for (unsigned lost = 12; lost < 20; lost++) {
		lose(5, 3000, 20, lost, 0);
		lose(5, 3000, 20, lost, 63);
		/* The same with the end of the log among them, at and inside a record. */
		lose(5, BLOCKS - 16 * 64, 20, lost, 0);
		lose(5, BLOCKS - 16 * 64, 20, lost, 17);
		lose(5, BLOCKS - 16 * 64 - 32, 20, lost, 0);
		lose(5, BLOCKS - 16 * 64 - 32, 20, lost, 31);
		lose(5, BLOCKS - 16 * 64 - 32, 20, lost, 32);
		lose(5, BLOCKS - 16 * 64 - 32, 20, lost, 63);
		/* In the first pass: what was there before is zeros. */
		lose(1, 64, 20, lost, 5);
	}
}
END_TEST

START_TEST(torn_data)
{
	struct writer w = writer_at(2, 500);
	uint64_t tail = w.tail_lsn;
	uint32_t at[20];

	stamp(2, 0, 500);
	stamp(1, 500, BLOCKS);
	for (int i = 0; i < 20; i++)
		at[i] = put_dirty(&w, 8192);
	/* All cycles are right, but the data of the fourth from the end is not. */
	log_bytes[(size_t)(at[16] + 3) * LOG_BLOCK_BYTES + 100] ^= 0x40;
	expect_dirty(2, at[16], tail, 16, 4);
	/* And that of the last one, which then does not matter. */
	log_bytes[(size_t)(at[19] + 3) * LOG_BLOCK_BYTES + 100] ^= 0x40;
	expect_dirty(2, at[16], tail, 16, 4);
}
END_TEST

START_TEST(bad_checksum_long_before_the_head)
{
	struct writer w = writer_at(2, 500);
	uint32_t at[20];

	stamp(2, 0, 500);
	stamp(1, 500, BLOCKS);
	for (int i = 0; i < 20; i++)
		at[i] = put_dirty(&w, 8192);
	log_bytes[(size_t)(at[5] + 3) * LOG_BLOCK_BYTES + 100] ^= 0x40;
	expect_damaged(FLAW_CRC);
}
END_TEST

/* ---- damage ---- */

START_TEST(other_file_system)
{
	struct writer w = writer_at(1, 0);

	put_unmount(&w);
	log_bytes[offsetof(struct disk_log_record, fs_uuid)] ^= 1;
	expect_damaged(FLAW_UUID);
}
END_TEST

START_TEST(impossible_lengths)
{
	const uint32_t lengths[] = {0, 262145, UINT32_MAX};

	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		struct writer w = writer_at(1, 0);

		put_unmount(&w);
		put_be32(0, offsetof(struct disk_log_record, len), lengths[i]);
		expect_damaged(FLAW_COUNT);
	}
}
END_TEST

START_TEST(tail_outside)
{
	const uint64_t tails[] = {lsn_of(3, 500), lsn_of(2, BLOCKS), lsn_of(1, 100), lsn_of(0, 600), UINT64_MAX};

	for (size_t i = 0; i < sizeof(tails) / sizeof(tails[0]); i++) {
		struct writer w = writer_at(2, 500);

		stamp(2, 0, 500);
		stamp(1, 500, BLOCKS);
		w.tail_lsn = tails[i];
		put_dirty(&w, 8192);
		expect_damaged(FLAW_RANGE);
	}
}
END_TEST

START_TEST(tail_at_no_record)
{
	struct writer w = writer_at(2, 500);

	stamp(2, 0, 500);
	stamp(1, 500, BLOCKS);
	w.tail_lsn = lsn_of(2, 400);
	put_dirty(&w, 8192);
	expect_damaged(FLAW_MAGIC);
}
END_TEST

START_TEST(no_record_at_all)
{
	stamp(9, 0, 700);
	stamp(8, 700, BLOCKS);
	expect_damaged(FLAW_MAGIC);
}
END_TEST

START_TEST(used_before_but_zero_at_the_end)
{
	struct writer w = writer_at(5, 100);

	stamp(5, 0, 100);
	stamp(4, 100, BLOCKS - 1);
	put_unmount(&w);
	expect_damaged(FLAW_FORMAT);
}
END_TEST

START_TEST(media_errors)
{
	struct journal_state state;
	struct writer w = writer_at(1, 0);
	uint32_t middle;

	put_unmount(&w);
	middle = put_dirty(&w, 8192);
	put_dirty(&w, 8192);
	ck_assert_int_eq(
		interval_add(&bad, LOG_OFFSET + (uint64_t)middle * 512, LOG_OFFSET + (uint64_t)middle * 512 + 512), 0);
	ck_assert_int_eq(inspect(&state), 0);
	ck_assert_int_eq(state.condition, JOURNAL_DAMAGED);
	ck_assert_int_eq(state.why.code, ERR_MEDIA);
	/* Where nothing has to be read a bad block does no harm: the last, but for the one that is looked at. */
	interval_fini(&bad);
	bad = (struct interval_set){0};
	ck_assert_int_eq(interval_add(&bad, FILE_BYTES - 1536, FILE_BYTES - 1024), 0);
	expect_dirty(1, w.block, w.tail_lsn, 2, 0);
}
END_TEST

START_TEST(random_bytes)
{
	struct journal_state state;
	uint32_t x = 12345;

	for (int run = 0; run < 20; run++) {
		for (size_t i = 0; i < (size_t)BLOCKS * LOG_BLOCK_BYTES; i++) {
			x = x * 1664525 + 1013904223;
			log_bytes[i] = (uint8_t)(x >> 24);
		}
		ck_assert_int_eq(inspect(&state), 0);
		ck_assert_int_eq(state.condition, JOURNAL_DAMAGED);
	}
}
END_TEST

/* Each bit of the last header in turn: any answer, but no crash, and never "clean" for what is not. */
START_TEST(flipped_header_bits)
{
	struct journal_state state;
	uint32_t at;

	for (size_t bit = 0; bit < 8 * sizeof(struct disk_log_record); bit += 3) {
		struct writer w = writer_at(2, 500);

		stamp(2, 0, 500);
		stamp(1, 500, BLOCKS);
		put_dirty(&w, 8192);
		at = put_dirty(&w, 8192);
		log_bytes[(size_t)at * LOG_BLOCK_BYTES + bit / 8] ^= (uint8_t)(1 << bit % 8);
		ck_assert_int_eq(inspect(&state), 0);
		ck_assert_int_ne(state.condition, JOURNAL_CLEAN);
	}
}
END_TEST

Suite *journal_suite(void);

Suite *journal_suite(void)
{
	Suite *suite = suite_create("journal");
	TCase *tc = tcase_create("state");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, zeros_are_clean);
	tcase_add_test(tc, zeros_then_something_is_damaged);
	tcase_add_test(tc, first_unmount_record);
	tcase_add_test(tc, unmounted_anywhere);
	tcase_add_test(tc, unmount_with_bad_checksum);
	tcase_add_test(tc, records_after_an_unmount);
	tcase_add_test(tc, long_records_have_more_headers);
	tcase_add_test(tc, around_the_end);
	tcase_add_test(tc, full_to_the_last_block);
	tcase_add_test(tc, lost_blocks);
	tcase_add_test(tc, torn_data);
	tcase_add_test(tc, bad_checksum_long_before_the_head);
	tcase_add_test(tc, other_file_system);
	tcase_add_test(tc, impossible_lengths);
	tcase_add_test(tc, tail_outside);
	tcase_add_test(tc, tail_at_no_record);
	tcase_add_test(tc, no_record_at_all);
	tcase_add_test(tc, used_before_but_zero_at_the_end);
	tcase_add_test(tc, media_errors);
	tcase_add_test(tc, random_bytes);
	tcase_add_test(tc, flipped_header_bits);
	suite_add_tcase(suite, tc);
	return suite;
}
