/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Finding head and tail of the journal, and reading what lies between.
 *
 * In logical order the log holds the newest writes last: blocks [0, head) carry the current cycle, blocks
 * [head, end) the one before it, or zeros where the log was never written. The kernel has up to LOG_WRITES_MAX records
 * under way at a time, and they can reach the medium in any order: for that many bytes before the newest block there
 * may be holes of older blocks. What follows the first hole cannot be replayed: there is the head.
 *
 * Format: design document, "Journaling Log". Agreement with xfs_logprint about head, tail and state:
 * tests/oracle/journal.sh.
 */
#include "fs/journal.h"

#include <stdlib.h>
#include <string.h>

#include "format/log.h"

#define UNORDERED_BLOCKS (LOG_WRITES_MAX * LOG_RECORD_BYTES_MAX / LOG_BLOCK_BYTES)
#define WINDOW_BLOCKS	 512u
/* The longest data, and a header block for each LOG_CYCLE_WORDS blocks of it. */
#define DATA_BLOCKS_MAX	  (LOG_RECORD_BYTES_MAX / LOG_BLOCK_BYTES)
#define RECORD_BLOCKS_MAX (DATA_BLOCKS_MAX + DATA_BLOCKS_MAX / LOG_CYCLE_WORDS)

struct journal {
	const struct fs *fs;
	struct journal_state *state;
	uint64_t start_bytes;
	uint32_t blocks;
	uint8_t *buffer; /* RECORD_BLOCKS_MAX blocks */
	bool wraps;	 /* the end of the log holds older history, to be read before block 0 */
};

/* A place in the log: cycle numbers alone tell what was written when. */
struct place {
	uint32_t cycle;
	uint32_t block;
};

struct record {
	struct place at;
	uint32_t header_blocks;
	uint32_t blocks; /* headers and data */
	uint32_t ops;
	uint64_t tail_lsn;
};

/* A flaw of the journal, at a block of it. */
static int damaged(struct journal *j, enum flaw flaw, uint32_t block, const char *what)
{
	uint64_t offset = j->start_bytes + (uint64_t)block * LOG_BLOCK_BYTES;

	return error_corrupt(&j->state->why, flaw, offset, "journal: %s (block %u of the journal)", what, block);
}

/* Reads @count blocks at @block on, going on at block 0 after the last one. */
static int read_blocks(struct journal *j, uint32_t block, uint32_t count, uint8_t *to)
{
	uint32_t first = count < j->blocks - block ? count : j->blocks - block;
	int rc = device_read(j->fs->device, j->start_bytes + (uint64_t)block * LOG_BLOCK_BYTES, to,
			     (size_t)first * LOG_BLOCK_BYTES, &j->state->why);

	if (rc == 0 && first < count)
		rc = device_read(j->fs->device, j->start_bytes, to + (size_t)first * LOG_BLOCK_BYTES,
				 (size_t)(count - first) * LOG_BLOCK_BYTES, &j->state->why);
	return rc;
}

static int read_cycle(struct journal *j, uint32_t block, uint32_t *cycle)
{
	int rc = read_blocks(j, block, 1, j->buffer);

	if (rc == 0)
		*cycle = log_block_cycle(j->buffer);
	return rc;
}

static uint32_t forward(const struct journal *j, uint32_t block, uint32_t by)
{
	return by < j->blocks - block ? block + by : by - (j->blocks - block);
}

static uint32_t back(const struct journal *j, uint32_t block, uint32_t by)
{
	return by <= block ? block - by : j->blocks - (by - block);
}

/* The place @by blocks before @at; by no more than once around. */
static struct place place_back(const struct journal *j, struct place at, uint32_t by)
{
	return (struct place){by <= at.block ? at.cycle : at.cycle - 1, back(j, at.block, by)};
}

static uint64_t place_lsn(struct place at)
{
	return lsn_of(at.cycle, at.block);
}

/*
 * Looks for the first block of [first, end) whose cycle is not @cycle: 1 and *found, 0 if all are, ERR_*.
 */
static int find_other_cycle(struct journal *j, uint32_t first, uint32_t end, uint32_t cycle, uint32_t *found,
			    uint32_t *found_cycle)
{
	while (first < end) {
		uint32_t count = end - first < WINDOW_BLOCKS ? end - first : WINDOW_BLOCKS;
		int rc = read_blocks(j, first, count, j->buffer);

		if (rc != 0)
			return rc;
		for (uint32_t i = 0; i < count; i++) {
			*found_cycle = log_block_cycle(j->buffer + (size_t)i * LOG_BLOCK_BYTES);
			if (*found_cycle != cycle) {
				*found = first + i;
				return 1;
			}
		}
		first += count;
	}
	return 0;
}

/* The first block was never written: nothing else may have been. */
static int judge_unused(struct journal *j)
{
	uint32_t block, cycle;
	int rc = find_other_cycle(j, 0, j->blocks, 0, &block, &cycle);

	if (rc > 0)
		return damaged(j, FLAW_FORMAT, block, "the first block is zero, but others were written");
	if (rc == 0)
		j->state->unused = true;
	return rc;
}

/* A block whose cycle is not that of block 0, right after one whose cycle is; the number of blocks if all are alike. */
static int find_change(struct journal *j, uint32_t first, uint32_t last, uint32_t *change)
{
	uint32_t low = 0, high = j->blocks - 1;

	if (first == last) {
		*change = j->blocks;
		return 0;
	}
	while (high - low > 1) {
		uint32_t middle = low + (high - low) / 2, cycle;
		int rc = read_cycle(j, middle, &cycle);

		if (rc != 0)
			return rc;
		if (cycle == first)
			low = middle;
		else
			high = middle;
	}
	*change = high;
	return 0;
}

/*
 * The first hole at or before @change, which is not further from it than what can be under way. Cycles are compared
 * with that of the oldest block looked at, which was certainly written; behind the wrap they are one more.
 */
static int find_hole(struct journal *j, uint32_t change, struct place *head)
{
	/* Half of a log is never under way: the kernel refuses logs that small. */
	uint32_t reach = j->blocks / 2 < UNORDERED_BLOCKS ? j->blocks / 2 : UNORDERED_BLOCKS;
	uint32_t start = change >= reach ? change - reach : 0, cycle = 0, other, block;
	int rc;

	if (change < reach && j->wraps) {
		uint32_t old_start = j->blocks - (reach - change);

		rc = read_cycle(j, old_start, &cycle);
		if (rc == 0)
			rc = find_other_cycle(j, old_start, j->blocks, cycle, &block, &other);
		if (rc < 0)
			return rc;
		if (rc > 0 && other > cycle)
			return damaged(j, FLAW_ORDER, block, "cycle numbers rise where they should not");
		if (rc > 0) {
			*head = (struct place){cycle, block};
			return 0;
		}
		cycle++;
	} else {
		rc = read_cycle(j, start, &cycle);
		if (rc != 0)
			return rc;
	}
	rc = find_other_cycle(j, start, change, cycle, &block, &other);
	if (rc < 0)
		return rc;
	if (rc > 0 && other > cycle)
		return damaged(j, FLAW_ORDER, block, "cycle numbers rise where they should not");
	if (rc == 0)
		block = change;
	*head = block < j->blocks ? (struct place){cycle, block} : (struct place){cycle + 1, 0};
	return 0;
}

/* The place after the last block that was written without a hole before it. */
static int find_head(struct journal *j, struct place *head)
{
	uint32_t first, last, change;
	int rc = read_cycle(j, 0, &first);

	if (rc == 0)
		rc = read_cycle(j, j->blocks - 1, &last);
	if (rc != 0)
		return rc;
	if (first == 0)
		return judge_unused(j);
	/* Blocks at the end that were never written: this is the first pass. */
	if (last == 0 && first != 1)
		return damaged(j, FLAW_FORMAT, j->blocks - 1,
			       "the last block is zero, but the log has been filled before");
	j->wraps = last != 0;
	rc = find_change(j, first, last, &change);
	return rc == 0 ? find_hole(j, change, head) : rc;
}

/* Takes a header apart that should stand at @at: 1, 0 if that is no header of this place, or ERR_CORRUPT. */
static int parse_header(struct journal *j, const void *block, struct place at, struct record *out)
{
	struct disk_log_record header;
	uint32_t len, data_blocks;

	memcpy(&header, block, sizeof(header));
	if (be32_get(header.magicno) != LOG_MAGIC || be64_get(header.lsn) != place_lsn(at))
		return 0;
	/* File systems with checksums have no other version. */
	if (be32_get(header.version) != LOG_VERSION_2)
		return damaged(j, FLAW_FORMAT, at.block, "a record of an unknown version");
	if (be32_get(header.fmt) != LOG_FMT_LINUX_LE && be32_get(header.fmt) != LOG_FMT_LINUX_BE)
		return damaged(j, FLAW_FORMAT, at.block, "a record of an unknown machine");
	if (memcmp(&header.fs_uuid, &j->fs->geo.uuid, sizeof(header.fs_uuid)) != 0)
		return damaged(j, FLAW_UUID, at.block, "a record of another file system");
	len = be32_get(header.len);
	out->header_blocks = log_header_blocks(&header);
	data_blocks = log_data_blocks(&header);
	if (len == 0 || len % LOG_BLOCK_BYTES != 0 || len > LOG_RECORD_BYTES_MAX ||
	    be32_get(header.size) > LOG_RECORD_BYTES_MAX || data_blocks > j->blocks - out->header_blocks)
		return damaged(j, FLAW_COUNT, at.block, "a record of an impossible length");
	out->at = at;
	out->blocks = out->header_blocks + data_blocks;
	out->ops = be32_get(header.num_logops);
	out->tail_lsn = be64_get(header.tail_lsn);
	return 1;
}

/* The record whose header is the next one before @before; ERR_CORRUPT if there is none within reach. */
static int find_record_before(struct journal *j, struct place before, struct record *out)
{
	uint32_t reach = j->wraps ? j->blocks - 1 : before.block;

	if (reach > RECORD_BLOCKS_MAX)
		reach = RECORD_BLOCKS_MAX;
	if (reach > 0) {
		struct place oldest = place_back(j, before, reach);
		int rc = read_blocks(j, oldest.block, reach, j->buffer);

		if (rc != 0)
			return rc;
		for (uint32_t by = 1; by <= reach; by++) {
			rc = parse_header(j, j->buffer + (size_t)(reach - by) * LOG_BLOCK_BYTES,
					  place_back(j, before, by), out);
			if (rc != 0)
				return rc > 0 ? 0 : rc;
		}
	}
	return damaged(j, FLAW_MAGIC, back(j, before.block, reach > 0), "no record ends here");
}

static uint32_t distance(const struct journal *j, uint32_t from, uint32_t to)
{
	return to >= from ? to - from : j->blocks - from + to;
}

static struct place record_end(const struct journal *j, const struct record *record)
{
	uint32_t block = forward(j, record->at.block, record->blocks);

	return (struct place){block > record->at.block ? record->at.cycle : record->at.cycle + 1, block};
}

/* 0 if the blocks of @record are what it says: their checksum, and the cycle in each. ERR_CORRUPT otherwise. */
static int verify_record(struct journal *j, const struct record *record)
{
	int rc = read_blocks(j, record->at.block, record->blocks, j->buffer);

	if (rc != 0)
		return rc;
	for (uint32_t i = 0; i < record->blocks; i++) {
		uint32_t block = forward(j, record->at.block, i);
		uint32_t cycle = block >= record->at.block ? record->at.cycle : record->at.cycle + 1;

		if (log_block_cycle(j->buffer + (size_t)i * LOG_BLOCK_BYTES) != cycle)
			return damaged(j, FLAW_ORDER, block, "a block of a record carries the wrong cycle");
	}
	if (!log_record_crc_ok((struct span){j->buffer, (size_t)record->blocks * LOG_BLOCK_BYTES}))
		return damaged(j, FLAW_CRC, record->at.block, "a record with a bad checksum");
	return 0;
}

/* Whether the only operation of @record is that of an unmount: 1, 0, ERR_*. */
static int is_unmount(struct journal *j, const struct record *record, struct disk_log_op *op)
{
	int rc;

	if (record->ops != 1)
		return 0;
	rc = read_blocks(j, forward(j, record->at.block, record->header_blocks), 1, j->buffer);
	if (rc != 0)
		return rc;
	/* The cycle stands in the place of op->tid. */
	memcpy(op, j->buffer, sizeof(*op));
	return (op->flags & LOG_OP_UNMOUNT) != 0;
}

static void set_head(struct journal *j, struct place head)
{
	j->state->head_block = head.block;
	j->state->head_lsn = place_lsn(head);
}

/* The last record, and the head after it; a record that reaches beyond the head was not written whole. */
static int find_last(struct journal *j, struct place *head, struct record *last)
{
	for (unsigned torn = 0; torn <= LOG_WRITES_MAX; torn++) {
		uint32_t before;
		int rc = find_record_before(j, *head, last);

		if (rc != 0)
			return rc;
		before = distance(j, last->at.block, head->block);
		if (before == 0)
			before = j->blocks;
		if (last->blocks == before)
			return 0;
		if (last->blocks < before)
			return damaged(j, FLAW_MAGIC, forward(j, last->at.block, last->blocks),
				       "no record begins where the one before ends");
		j->state->torn_records++;
		*head = last->at;
		set_head(j, *head);
	}
	return damaged(j, FLAW_LOOP, head->block, "more unfinished records than can be under way");
}

/* The record that ends where @record begins. */
static int find_previous(struct journal *j, const struct record *record, struct record *out)
{
	struct record found;
	int rc = find_record_before(j, record->at, &found);

	if (rc != 0)
		return rc;
	if (place_lsn(record_end(j, &found)) != place_lsn(record->at))
		return damaged(j, FLAW_MAGIC, record->at.block, "no record ends where this one begins");
	*out = found;
	return 0;
}

/*
 * The last records may have been under way when power went, with every block's cycle in place but not its data. The
 * oldest record among them with a bad checksum is where a replay ends.
 */
static int drop_torn(struct journal *j, struct place *head, struct record *last)
{
	struct record recent[LOG_WRITES_MAX + 1] = {*last}; /* newest first */
	unsigned count = 1, bad;
	int rc = 0;

	while (count <= LOG_WRITES_MAX && place_lsn(recent[count - 1].at) > last->tail_lsn) {
		rc = find_previous(j, &recent[count - 1], &recent[count]);
		if (rc == ERR_CORRUPT)
			break; /* walk_dirty comes by here and says so, unless it is not needed */
		if (rc != 0)
			return rc;
		count++;
	}
	for (bad = count < LOG_WRITES_MAX ? count : LOG_WRITES_MAX; bad > 0; bad--) {
		rc = verify_record(j, &recent[bad - 1]);
		if (rc == ERR_CORRUPT)
			break;
		if (rc != 0)
			return rc;
	}
	if (bad == 0)
		return 0;
	j->state->torn_records += bad;
	*head = recent[bad - 1].at;
	set_head(j, *head);
	if (bad < count) {
		*last = recent[bad];
		return 0;
	}
	return find_previous(j, &recent[bad - 1], last);
}

/* The tail lies before the head, by no more than once around. */
static bool tail_fits(const struct journal *j, struct place head, const struct record *last)
{
	struct place at = {lsn_cycle(last->tail_lsn), lsn_block(last->tail_lsn)};

	return at.block < j->blocks && last->tail_lsn <= place_lsn(last->at) &&
	       (at.cycle == head.cycle || (at.cycle == head.cycle - 1 && at.block >= head.block));
}

/*
 * The record that ends a clean journal. That nothing is to be replayed goes by its flag alone; the rest is as every
 * writer has it, but for the length, which not all of them fill in.
 */
static int verify_unmount(struct journal *j, struct place head, const struct record *last, const struct disk_log_op *op)
{
	if (op->clientid != LOG_CLIENT_LOG || op->flags != LOG_OP_UNMOUNT || be16_get(op->res2) != 0)
		return damaged(j, FLAW_FORMAT, last->at.block, "an unmount record that says more than that");
	if (!tail_fits(j, head, last))
		return damaged(j, FLAW_RANGE, last->at.block, "the last record points to a tail outside the log");
	/* Nothing is to be replayed, so a bad checksum here is no torn write that recovery would skip. */
	return verify_record(j, last);
}

/* Every record from tail to head. */
static int walk_dirty(struct journal *j, struct place head, const struct record *last)
{
	struct place at = {lsn_cycle(last->tail_lsn), lsn_block(last->tail_lsn)};
	uint32_t left;

	j->state->tail_block = at.block;
	j->state->tail_lsn = last->tail_lsn;
	if (!tail_fits(j, head, last))
		return damaged(j, FLAW_RANGE, last->at.block, "the last record points to a tail outside the log");
	left = distance(j, at.block, head.block);
	if (left == 0)
		left = j->blocks;
	while (left > 0) {
		struct record record;
		int rc = read_blocks(j, at.block, 1, j->buffer);

		if (rc == 0)
			rc = parse_header(j, j->buffer, at, &record);
		if (rc < 0)
			return rc;
		if (rc == 0)
			return damaged(j, FLAW_MAGIC, at.block, "no record where one must begin");
		if (record.blocks > left)
			return damaged(j, FLAW_RANGE, at.block, "a record reaches beyond the head");
		rc = verify_record(j, &record);
		if (rc != 0)
			return rc;
		j->state->dirty_records++;
		j->state->dirty_bytes += (uint64_t)record.blocks * LOG_BLOCK_BYTES;
		left -= record.blocks;
		at = record_end(j, &record);
	}
	return 0;
}

static int inspect(struct journal *j)
{
	struct place head = {0, 0};
	struct disk_log_op op = {0};
	struct record last;
	int rc = find_head(j, &head);

	if (rc != 0 || j->state->unused)
		return rc;
	set_head(j, head);
	rc = find_last(j, &head, &last);
	if (rc == 0)
		rc = is_unmount(j, &last, &op);
	if (rc < 0)
		return rc;
	if (rc > 0) {
		rc = verify_unmount(j, head, &last, &op);
		j->state->tail_block = head.block;
		j->state->tail_lsn = place_lsn(head);
		j->state->last_lsn = place_lsn(last.at);
		return rc;
	}
	j->state->condition = JOURNAL_DIRTY;
	rc = drop_torn(j, &head, &last);
	j->state->last_lsn = place_lsn(last.at);
	return rc == 0 ? walk_dirty(j, head, &last) : rc;
}

int journal_inspect(const struct fs *fs, struct journal_state *out, struct error *err)
{
	uint64_t blocks = ((uint64_t)fs->geo.log_blocks << fs->geo.block_log) / LOG_BLOCK_BYTES;
	struct journal j = {
		.fs = fs,
		.state = out,
		.start_bytes = geometry_block_offset(&fs->geo, fs->geo.log_start),
		.blocks = (uint32_t)blocks,
	};
	int rc;

	*out = (struct journal_state){.condition = JOURNAL_CLEAN};
	/* An LSN keeps the block in 32 bits, and the arithmetic here adds two of them. */
	if (blocks < 2 || blocks > INT32_MAX) {
		out->condition = JOURNAL_DAMAGED;
		error_corrupt(&out->why, FLAW_RANGE, j.start_bytes, "journal: impossible size");
		return 0;
	}
	j.buffer = malloc((size_t)RECORD_BLOCKS_MAX * LOG_BLOCK_BYTES);
	if (!j.buffer)
		return error_set(err, ERR_NOMEM, "no memory to read the journal");
	rc = inspect(&j);
	free(j.buffer);
	if (rc == ERR_CORRUPT || rc == ERR_MEDIA) {
		out->condition = JOURNAL_DAMAGED;
		return 0;
	}
	if (rc == 0)
		out->why = (struct error){0};
	else if (err)
		*err = out->why;
	return rc;
}
