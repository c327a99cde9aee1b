/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * convert: from one form of address to another.
 *
 * Each form says a part of a place. Parts that do not overlap add up to a byte of the file system, and from that every
 * form can be had.
 */
#include <inttypes.h>
#include <string.h>

#include "command.h"
#include "session.h"

enum form {
	FORM_AGBLOCK,
	FORM_AGINO,
	FORM_AGNO,
	FORM_BBOFF,
	FORM_BLKOFF,
	FORM_BYTE,
	FORM_DADDR,
	FORM_FSBLOCK,
	FORM_INO,
	FORM_INOIDX,
	FORM_INOOFF,
	FORMS,
};

/* What a form tells. Two that share a bit contradict each other. */
#define TELLS_GROUP	0x01u
#define TELLS_BLOCK	0x02u
#define TELLS_INODE	0x04u /* which one in the block */
#define TELLS_OFFSET	0x08u /* in the inode */
#define TELLS_IN_BLOCK	0x10u
#define TELLS_SECTOR	0x20u /* a sector is no multiple of inodes, nor of offsets in them */
#define TELLS_IN_SECTOR 0x40u

static const unsigned tells[FORMS] = {
	[FORM_AGBLOCK] = TELLS_BLOCK,
	[FORM_AGINO] = TELLS_BLOCK | TELLS_INODE,
	[FORM_AGNO] = TELLS_GROUP,
	[FORM_BBOFF] = TELLS_INODE | TELLS_OFFSET | TELLS_IN_BLOCK,
	[FORM_BLKOFF] = TELLS_INODE | TELLS_OFFSET | TELLS_IN_BLOCK | TELLS_SECTOR,
	[FORM_BYTE] = ~0u,
	[FORM_DADDR] = TELLS_GROUP | TELLS_BLOCK | TELLS_SECTOR | TELLS_IN_SECTOR,
	[FORM_FSBLOCK] = TELLS_GROUP | TELLS_BLOCK,
	[FORM_INO] = TELLS_GROUP | TELLS_BLOCK | TELLS_INODE,
	[FORM_INOIDX] = TELLS_INODE | TELLS_SECTOR,
	[FORM_INOOFF] = TELLS_OFFSET | TELLS_IN_SECTOR,
};

static const struct {
	const char *name;
	enum form form;
} form_names[] = {
	{"agblock", FORM_AGBLOCK}, {"agbno", FORM_AGBLOCK}, {"agino", FORM_AGINO},   {"aginode", FORM_AGINO},
	{"agnumber", FORM_AGNO},   {"agno", FORM_AGNO},	    {"bboff", FORM_BBOFF},   {"daddroff", FORM_BBOFF},
	{"blkoff", FORM_BLKOFF},   {"fsboff", FORM_BLKOFF}, {"agboff", FORM_BLKOFF}, {"byte", FORM_BYTE},
	{"fsbyte", FORM_BYTE},	   {"daddr", FORM_DADDR},   {"bb", FORM_DADDR},	     {"fsblock", FORM_FSBLOCK},
	{"fsb", FORM_FSBLOCK},	   {"fsbno", FORM_FSBLOCK}, {"ino", FORM_INO},	     {"inode", FORM_INO},
	{"inoidx", FORM_INOIDX},   {"offset", FORM_INOIDX}, {"inooff", FORM_INOOFF}, {"inodeoff", FORM_INOOFF},
};

static bool find_form(struct session *session, const char *name, enum form *form)
{
	for (size_t i = 0; i < sizeof(form_names) / sizeof(form_names[0]); i++) {
		if (strcmp(form_names[i].name, name) == 0) {
			*form = form_names[i].form;
			return true;
		}
	}
	session_say(session, "unknown conversion type %s\n", name);
	return false;
}

static uint64_t low_bits(uint64_t value, unsigned bits)
{
	return value & ((1ull << bits) - 1);
}

/* The byte where @value of @form begins. Sums wrap as unsigned numbers do: nothing is done with them but printing. */
static uint64_t to_byte(const struct geometry *geo, enum form form, uint64_t value)
{
	uint64_t group_bytes = (uint64_t)geo->ag_blocks << geo->block_log;
	unsigned ino_bits = geo->ag_blocks_log + geo->inodes_per_block_log;

	switch (form) {
	case FORM_AGBLOCK:
		return value << geo->block_log;
	case FORM_AGINO:
	case FORM_INOIDX:
		return value << geo->inode_log;
	case FORM_AGNO:
		return value * group_bytes;
	case FORM_BBOFF:
	case FORM_BLKOFF:
	case FORM_BYTE:
	case FORM_INOOFF:
		return value;
	case FORM_DADDR:
		return value << 9;
	case FORM_FSBLOCK:
		return (value >> geo->ag_blocks_log) * group_bytes +
		       (low_bits(value, geo->ag_blocks_log) << geo->block_log);
	case FORM_INO:
		return (value >> ino_bits) * group_bytes + (low_bits(value, ino_bits) << geo->inode_log);
	case FORMS:
		break;
	}
	return 0;
}

static uint64_t from_byte(const struct geometry *geo, enum form form, uint64_t byte)
{
	uint64_t group_bytes = (uint64_t)geo->ag_blocks << geo->block_log;
	uint64_t agno = byte / group_bytes, agblock = byte % group_bytes >> geo->block_log;

	switch (form) {
	case FORM_AGBLOCK:
		return agblock;
	case FORM_AGINO:
		return byte % group_bytes >> geo->inode_log;
	case FORM_AGNO:
		return agno;
	case FORM_BBOFF:
		return low_bits(byte, 9);
	case FORM_BLKOFF:
		return low_bits(byte, geo->block_log);
	case FORM_BYTE:
		return byte;
	case FORM_DADDR:
		return byte >> 9;
	case FORM_FSBLOCK:
		return agno << geo->ag_blocks_log | agblock;
	case FORM_INO:
		return agno << (geo->ag_blocks_log + geo->inodes_per_block_log) | byte % group_bytes >> geo->inode_log;
	case FORM_INOIDX:
		return low_bits(byte, geo->block_log) >> geo->inode_log;
	case FORM_INOOFF:
		return low_bits(byte, geo->inode_log);
	case FORMS:
		break;
	}
	return 0;
}

/* Adds up the parts; that the wanted form is none of them is seen first. What names no group is in the current one. */
static int add_parts(struct session *session, int argc, char **argv, enum form wanted, uint64_t *byte)
{
	enum form form;
	uint64_t value;
	unsigned told = 0;

	for (int i = 1; i + 1 < argc; i += 2) {
		if (!find_form(session, argv[i], &form))
			return ERR_INVALID;
		if (form == wanted) {
			session_say(session, "result type same as argument\n");
			return ERR_INVALID;
		}
		if (told & tells[form]) {
			session_say(session, "conflicting conversion type %s\n", argv[i]);
			return ERR_INVALID;
		}
		told |= tells[form];
		if (!session_number(argv[i + 1], &value)) {
			session_say(session, "%s is not a number\n", argv[i + 1]);
			return ERR_INVALID;
		}
		*byte += to_byte(&session->fs->geo, form, value);
	}
	if (!(told & TELLS_GROUP))
		*byte += to_byte(&session->fs->geo, FORM_AGNO, session->agno);
	return 0;
}

static int convert_run(struct session *session, int argc, char **argv)
{
	uint64_t byte = 0, value;
	enum form wanted;
	int rc;

	if (argc % 2 != 0) {
		session_say(session, "bad argument count %d to convert, expected 3,5,7,9 arguments\n", argc - 1);
		return ERR_INVALID;
	}
	if (!find_form(session, argv[argc - 1], &wanted))
		return ERR_INVALID;
	rc = add_parts(session, argc, argv, wanted, &byte);
	if (rc != 0)
		return rc;
	value = from_byte(&session->fs->geo, wanted, byte);
	session_say(session, "0x%" PRIx64 " (%" PRIu64 ")\n", value, value);
	return COMMAND_DONE;
}

const struct command convert_command = {
	.name = "convert",
	.args_min = 3,
	.args_max = 9,
	.args = "type num [type num]... type",
	.summary = "convert from one address form to another",
	.help = " Forms: agblock (agbno), agino (aginode), agnumber (agno), bboff (daddroff), blkoff (fsboff, "
		"agboff),\n"
		" byte (fsbyte), daddr (bb), fsblock (fsb, fsbno), ino (inode), inoidx (offset), inooff (inodeoff).\n"
		"\n"
		" convert fsblock 32800 daddr\n"
		" convert agno 1 agbno 7 fsblock\n",
	.run = convert_run,
};
