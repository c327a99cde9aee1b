/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Owners by GETFSMAP.
 *
 * The kernel reads the reverse mapping, and the free space tree for what is free. Records come in ascending order of
 * their start and can begin before the wanted range. Without a reverse mapping all that is not free is "unknown".
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fs/view_mounted.h"

#define BATCH 1024u /* records a call, to begin with */

struct query {
	const struct mounted *m;
	uint64_t start, end; /* wanted */
	uint64_t reached;    /* everything before has been heard of, or is missing */
	int (*fn)(void *arg, const struct owner *owner);
	void *arg;
	struct interval_set *missing;
};

static enum owner_kind special_kind(uint64_t code)
{
	switch (code) {
	case FMR_OWN_FREE:
		return OWNER_FREE;
	case KERNEL_OWN_FS:
		return OWNER_AG_HEADER;
	case KERNEL_OWN_LOG:
		return OWNER_LOG;
	case KERNEL_OWN_AG:
		return OWNER_SPACE;
	case KERNEL_OWN_INOBT:
		return OWNER_INOBT;
	case KERNEL_OWN_INODES:
		return OWNER_INODES;
	case KERNEL_OWN_REFC:
		return OWNER_REFCOUNTBT;
	case KERNEL_OWN_COW:
		return OWNER_COW;
	default: /* FMR_OWN_UNKNOWN, and what a later kernel may add */
		return OWNER_UNKNOWN;
	}
}

static struct owner owner_of(const struct fsmap *rec)
{
	struct owner owner = {.start_bytes = rec->fmr_physical, .end_bytes = rec->fmr_physical + rec->fmr_length};

	if (rec->fmr_flags & FMR_OF_SPECIAL_OWNER) {
		owner.kind = special_kind(rec->fmr_owner);
		return owner;
	}
	owner.kind = OWNER_FILE;
	owner.ino = rec->fmr_owner;
	owner.fork = rec->fmr_flags & FMR_OF_ATTR_FORK ? FORK_ATTR : FORK_DATA;
	owner.bmbt = rec->fmr_flags & FMR_OF_EXTENT_MAP;
	owner.unwritten = rec->fmr_flags & FMR_OF_PREALLOC;
	owner.offset_bytes = owner.bmbt ? 0 : rec->fmr_offset;
	return owner;
}

static int take_record(struct query *q, const struct fsmap *rec)
{
	struct owner owner = owner_of(rec);
	int rc = 0;

	if (rec->fmr_device != q->m->device || rec->fmr_length > UINT64_MAX - rec->fmr_physical ||
	    !owner_cut(&owner, q->start, q->end))
		return 0;
	if (owner.start_bytes > q->reached)
		rc = interval_add(q->missing, q->reached, owner.start_bytes);
	if (owner.end_bytes > q->reached)
		q->reached = owner.end_bytes;
	return rc == 0 ? q->fn(q->arg, &owner) : rc;
}

/* The answer to one call, in memory that grows where too many records begin at one place. */
struct answer {
	struct fsmap_head *head;
	uint32_t room;
};

static int make_room(struct answer *answer, uint32_t room, struct error *err)
{
	struct fsmap_head *larger = realloc(answer->head, fsmap_sizeof(room));

	if (!larger)
		return error_set(err, ERR_NOMEM, "no memory to ask for owners");
	answer->head = larger;
	answer->room = room;
	return 0;
}

/* Everything that overlaps [from, to), as far as there is room. */
static int call_kernel(const struct mounted *m, uint64_t from, uint64_t to, struct answer *answer, struct error *err)
{
	struct fsmap_head *head = answer->head;
	int code;

	memset(head, 0, sizeof(*head));
	head->fmh_count = answer->room;
	head->fmh_keys[0].fmr_device = m->device;
	head->fmh_keys[0].fmr_physical = from;
	head->fmh_keys[1] = (struct fsmap){.fmr_device = m->device,
					   .fmr_flags = UINT32_MAX,
					   .fmr_physical = to - 1,
					   .fmr_owner = UINT64_MAX,
					   .fmr_offset = UINT64_MAX};
	if (ioctl(m->fd, FS_IOC_GETFSMAP, head) == 0)
		return 0;
	code = errno == ENOTTY || errno == EOPNOTSUPP ? ERR_UNSUPPORTED : ERR_IO;
	return error_set_errno(err, code, errno, "the kernel does not tell owners (GETFSMAP)");
}

/*
 * One pass of the kernel over [from, to), of which [q->start, q->end) is wanted.
 *
 * The usual way to go on, showing the kernel the last record, loses records: where one file maps a block more often than
 * a call returns, the kernel (6.18) skips the rest of that file's mappings (tests/kernel/run-mounted shows it on the
 * image "small"). So a call never ends inside the records of one place: those are dropped, and asked for again as the
 * first ones of the next call.
 */
static int ask(struct query *q, uint64_t from, uint64_t to, struct answer *answer, struct error *err)
{
	uint64_t first = 0; /* records that begin before it have been taken */
	int rc = 0;

	q->reached = q->start;
	while (rc == 0) {
		const struct fsmap *recs;
		uint32_t count;
		uint64_t last;

		rc = call_kernel(q->m, from, to, answer, err);
		if (rc != 0)
			return rc;
		recs = answer->head->fmh_recs;
		count = answer->head->fmh_entries < answer->room ? answer->head->fmh_entries : answer->room;
		if (count == 0)
			break;
		last = recs[count - 1].fmr_physical;
		if (count == answer->room && last <= first && answer->room <= UINT32_MAX / 2) {
			rc = make_room(answer, answer->room * 2, err);
			continue;
		}
		for (uint32_t i = 0; i < count && rc == 0; i++)
			if (recs[i].fmr_physical >= first && (count < answer->room || recs[i].fmr_physical < last))
				rc = take_record(q, &recs[i]);
		if (count < answer->room)
			break;
		from = first = last;
	}
	if (rc == 0 && q->reached < q->end)
		rc = interval_add(q->missing, q->reached, q->end);
	return rc;
}

/*
 * Asks again for what was left out, by the whole group: kernels before 6.11 forget free space when the range
 * begins or ends inside it.
 */
static int ask_again(struct query *q, const struct interval_set *parts, struct answer *answer, struct error *err)
{
	uint64_t group_bytes = (uint64_t)q->m->geo.ag_blocks << q->m->geo.block_log;
	int rc = 0;

	for (size_t i = 0; i < parts->count && rc == 0; i++)
		for (uint64_t at = parts->items[i].start; at < parts->items[i].end && rc == 0; at = q->end) {
			uint64_t group = at / group_bytes * group_bytes;

			q->start = at;
			q->end = parts->items[i].end - group < group_bytes ? parts->items[i].end : group + group_bytes;
			rc = ask(q, group, group + group_bytes, answer, err);
		}
	return rc;
}

int mounted_fsmap(const struct mounted *m, uint64_t start, uint64_t end,
		  int (*fn)(void *arg, const struct owner *owner), void *arg, struct interval_set *missing,
		  struct error *err)
{
	uint64_t block = m->geo.block_bytes, whole = m->geo.blocks << m->geo.block_log;
	struct interval_set left_out = {0};
	struct query q = {.m = m, .start = start, .fn = fn, .arg = arg, .missing = &left_out};
	struct answer answer = {0};
	int rc;

	q.end = end < whole ? end : whole;
	if (q.start >= q.end)
		return 0;
	rc = make_room(&answer, BATCH, err);
	if (rc != 0)
		return rc;
	rc = ask(&q, start / block * block, (q.end + block - 1) / block * block, &answer, err);
	interval_settle(&left_out);
	if (rc == 0 && left_out.count > 0) {
		q.missing = missing;
		rc = ask_again(&q, &left_out, &answer, err);
		interval_settle(missing);
	}
	interval_fini(&left_out);
	free(answer.head);
	return rc;
}
