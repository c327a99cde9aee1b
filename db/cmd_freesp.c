/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* freesp: how the free space is cut into pieces. */
#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "command.h"
#include "fs/btree.h"
#include "session.h"

struct bucket {
	uint64_t low, high; /* blocks of an extent */
	uint64_t extents, blocks;
};

#define BUCKETS_MAX (1u << 20)

struct request {
	struct session *session;
	uint64_t align;	 /* only extents that begin at multiples; 0: all */
	uint8_t *groups; /* a flag each; NULL: all */
	enum btree_kind kind;
	uint64_t equal, factor; /* sizes of the buckets: all equal, or powers; 0: not given */
	bool list, sum;
	struct bucket *buckets; /* ascending */
	size_t count, room;
	uint64_t extents, blocks;
	uint32_t agno;
	int rc; /* the first thing that went wrong */
};

/* ------------------------------------------------------------------ buckets */

static bool add_bucket(struct request *request, uint64_t low)
{
	if (request->count >= BUCKETS_MAX ||
	    array_reserve(&request->buckets, request->count, 1, &request->room, sizeof(*request->buckets)) != 0) {
		session_say(request->session, "too many buckets for a histogram\n");
		return false;
	}
	request->buckets[request->count++] = (struct bucket){.low = low};
	return true;
}

static int compare_buckets(const void *a, const void *b)
{
	const struct bucket *x = a, *y = b;

	return (x->low > y->low) - (x->low < y->low);
}

/* Sorts them, once each, the first from one block on, and closes the last at the size of a group. */
static void close_buckets(struct request *request)
{
	struct bucket *buckets = request->buckets;
	size_t kept = 0;

	qsort(buckets, request->count, sizeof(*buckets), compare_buckets);
	for (size_t i = 0; i < request->count; i++)
		if (kept == 0 || buckets[i].low != buckets[kept - 1].low)
			buckets[kept++] = buckets[i];
	request->count = kept;
	for (size_t i = 0; i < kept; i++)
		buckets[i].high = i + 1 < kept ? buckets[i + 1].low - 1 : request->session->fs->geo.ag_blocks;
}

static bool make_buckets(struct request *request)
{
	uint64_t most = request->session->fs->geo.ag_blocks;
	bool fits = true;

	if (request->equal > 0) {
		for (uint64_t low = 1; low < most && fits; low += request->equal)
			fits = add_bucket(request, low);
	} else if (request->count == 0) {
		uint64_t factor = request->factor ? request->factor : 2;

		for (uint64_t low = 1; low < most && fits; low *= factor)
			fits = add_bucket(request, low);
	} else {
		fits = add_bucket(request, 1);
	}
	if (fits)
		close_buckets(request);
	return fits;
}

static struct bucket *find_bucket(const struct request *request, uint64_t len)
{
	size_t low = 0, end = request->count;

	while (end - low > 1) {
		size_t middle = low + (end - low) / 2;

		if (request->buckets[middle].low <= len)
			low = middle;
		else
			end = middle;
	}
	return &request->buckets[low];
}

/* ------------------------------------------------------------------ extents */

static int take_extent(struct request *request, uint32_t agbno, uint32_t len)
{
	struct bucket *bucket = find_bucket(request, len);

	if (session_interrupted(request->session))
		return COMMAND_QUIT;
	if (request->align > 0 &&
	    geometry_pack(&request->session->fs->geo, (struct agaddr){request->agno, agbno}).packed % request->align)
		return 0;
	if (request->list)
		session_say(request->session, "%8" PRIu32 " %8" PRIu32 " %8" PRIu32 "\n", request->agno, agbno, len);
	bucket->extents++;
	bucket->blocks += len;
	request->extents++;
	request->blocks += len;
	return 0;
}

static int take_record(void *arg, const void *record, struct agaddr place)
{
	const struct disk_alloc_rec *rec = record;
	struct request *request = arg;
	struct agaddr at = {request->agno, be32_get(rec->startblock)};
	uint32_t len = be32_get(rec->blockcount);
	struct error why;

	if (len > 0 && geometry_holds(&request->session->fs->geo, at, len))
		return take_extent(request, at.agbno, len);
	request->rc = error_corrupt(&why, FLAW_RANGE, geometry_block_offset(&request->session->fs->geo, place),
				    "%s of group %" PRIu32 ": the free extent %" PRIu32 "+%" PRIu32 " cannot be",
				    btree_formats[request->kind].name, request->agno, at.agbno, len);
	session_complain(request->session, &why);
	return 0;
}

static int report_bad(void *arg, struct btree_key low, struct btree_key high, const struct error *why)
{
	struct request *request = arg;

	(void)low;
	(void)high;
	request->rc = session_complain(request->session, why);
	return 0;
}

/* What the group keeps for its trees is free too: each block is an extent of its own. */
static int take_free_list(struct request *request, struct error *err)
{
	const struct fs *fs = request->session->fs;
	uint32_t *blocks = calloc(agfl_slots(fs->geo.sector_bytes), sizeof(*blocks)), count = 0;
	struct disk_agf agf;
	int rc = blocks ? fs_read_agf(fs, request->agno, &agf, err) : error_set(err, ERR_NOMEM, "no memory");

	if (rc == 0)
		rc = fs_read_agfl(fs, request->agno, &agf, blocks, &count, err);
	for (uint32_t i = 0; i < count && rc == 0; i++)
		rc = take_extent(request, blocks[i], 1);
	free(blocks);
	return rc;
}

static int take_group(struct request *request, struct error *err)
{
	const struct btree_cursor_options options = {.high = BTREE_KEY_MAX};
	const struct btree_walker walker = {.record = take_record, .bad = report_bad, .arg = request};
	struct btree tree;
	int rc = take_free_list(request, err);

	if (rc == ERR_CORRUPT || rc == ERR_MEDIA)
		request->rc = session_complain(request->session, err);
	else if (rc != 0)
		return rc;
	rc = btree_open_group(request->session->fs, request->kind, request->agno, &tree, err);
	if (rc == 0)
		return btree_walk(&tree, &options, &walker, err);
	if (rc != ERR_CORRUPT && rc != ERR_MEDIA)
		return rc;
	request->rc = session_complain(request->session, err);
	return 0;
}

/* ------------------------------------------------------------------ the command */

static void print_histogram(const struct request *request)
{
	struct session *session = request->session;

	session_say(session, "%7s %7s %7s %7s %6s\n", "from", "to", "extents", "blocks", "pct");
	for (size_t i = 0; i < request->count; i++) {
		const struct bucket *bucket = &request->buckets[i];

		if (bucket->extents > 0)
			session_say(session, "%7" PRIu64 " %7" PRIu64 " %7" PRIu64 " %7" PRIu64 " %6.2f\n", bucket->low,
				    bucket->high, bucket->extents, bucket->blocks,
				    100.0 * (double)bucket->blocks / (double)request->blocks);
	}
	if (!request->sum)
		return;
	session_say(session,
		    "total free extents %" PRIu64 "\ntotal free blocks %" PRIu64 "\naverage free extent size %g\n",
		    request->extents, request->blocks,
		    request->extents ? (double)request->blocks / (double)request->extents : 0);
}

static int look(struct request *request)
{
	struct session *session = request->session;
	struct error err;
	int rc = 0;

	if (request->list)
		session_say(session, "%8s %8s %8s\n", "agno", "agbno", "len");
	for (request->agno = 0; request->agno < session->fs->geo.ag_count && rc == 0; request->agno++)
		if (!request->groups || request->groups[request->agno])
			rc = take_group(request, &err);
	if (rc < 0)
		return session_complain(session, &err);
	if (rc > 0)
		return ERR_CANCELLED;
	print_histogram(request);
	return request->rc;
}

static bool take_group_number(struct request *request, uint64_t agno)
{
	uint32_t groups = request->session->fs->geo.ag_count;

	if (!request->groups)
		request->groups = calloc(groups, 1);
	if (request->groups && agno < groups)
		request->groups[agno] = 1;
	return request->groups && agno < groups;
}

static bool take_option(struct request *request, int option, unsigned *shapes)
{
	uint64_t value = 0;

	if (strchr("Aaehm", option) && (!session_number(optarg, &value) || (value == 0 && option != 'a')))
		return false;
	switch (option) {
	case 'A':
		request->align = value;
		return true;
	case 'a':
		return take_group_number(request, value);
	case 'b':
		++*shapes;
		request->factor = 2;
		return true;
	case 'c':
		request->kind = BTREE_CNT;
		return true;
	case 'd':
		request->list = true;
		return true;
	case 'e':
		++*shapes;
		request->equal = value;
		return true;
	case 'h':
		/* Several make one shape. */
		*shapes += request->count == 0;
		return add_bucket(request, value);
	case 'm':
		++*shapes;
		request->factor = value;
		return value > 1;
	case 's':
		request->sum = true;
		return true;
	default:
		return false;
	}
}

static int freesp_run(struct session *session, int argc, char **argv)
{
	struct request request = {.session = session, .kind = BTREE_BNO};
	unsigned shapes = 0;
	bool fine = true;
	int option, rc = ERR_INVALID;

	optind = 0;
	opterr = 0;
	while (fine && (option = getopt(argc, argv, "A:a:bcde:h:m:s")) != -1)
		fine = option != '?' && take_option(&request, option, &shapes);
	if (!fine || optind != argc || shapes > 1)
		session_say(session, "freesp arguments: [-bcds] [-a agno] [-e binsize] [-h h1]... "
				     "[-m binmult]\n");
	else if (make_buckets(&request))
		rc = look(&request);
	free(request.buckets);
	free(request.groups);
	return rc;
}

const struct command freesp_command = {
	.name = "freesp",
	.args_max = ARGS_ANY,
	.args = "[-bcds] [-A alignment] [-a agno]... [-e binsize] [-h h1]... [-m binmult]",
	.summary = "summarize free space for filesystem",
	.help = " Counts the free extents by their size in blocks, those of the free lists among them.\n"
		"\n"
		" -A blocks  only extents that begin at a multiple of so many blocks\n"
		" -a agno    only this group; may be given again\n"
		" -b         sizes in powers of two, which is the default\n"
		" -c         from the tree by size (cntbt) instead of that by place (bnobt)\n"
		" -d         lists every extent\n"
		" -e blocks  sizes in equal steps\n"
		" -h blocks  a size that begins a line; may be given again\n"
		" -m factor  sizes in powers of that\n"
		" -s         the sums at the end\n",
	.run = freesp_run,
};
