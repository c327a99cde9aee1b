/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* label, uuid, version, info: what the file system is called and which features it has. */
#include <inttypes.h>
#include <string.h>

#include "command.h"
#include "format/sb.h"
#include "report/newfs_text.h"
#include "report/uuid_text.h"
#include "session.h"

static int refuse_writing(struct session *session)
{
	session_say(session, "%s: not in expert mode, writing disabled\n", session->program);
	return ERR_UNSUPPORTED;
}

static int label_run(struct session *session, int argc, char **argv)
{
	(void)argv;
	if (argc > 1)
		return refuse_writing(session);
	session_say(session, "label = \"%s\"\n", session->fs->geo.label);
	return COMMAND_DONE;
}

static int uuid_run(struct session *session, int argc, char **argv)
{
	char text[UUID_TEXT];

	(void)argv;
	if (argc > 1)
		return refuse_writing(session);
	session_say(session, "UUID = %s\n", uuid_text(text, &session->fs->geo.uuid));
	return COMMAND_DONE;
}

/* Where a feature's bit stands in the superblock. */
enum feature_word {
	WORD_VERSION,
	WORD_FEATURES2,
	WORD_RO_COMPAT,
	WORD_INCOMPAT,
};

/* In the order in which xfs_db names them; what it does not know comes last. */
static const struct {
	enum feature_word word;
	uint32_t bit;
	const char *name;
} features[] = {
	{WORD_VERSION, SB_VERSION_NLINK, "NLINK"},
	{WORD_VERSION, SB_VERSION_DIRV2, "DIRV2"},
	{WORD_VERSION, SB_VERSION_ATTR, "ATTR"},
	{WORD_VERSION, SB_VERSION_QUOTA, "QUOTA"},
	{WORD_VERSION, SB_VERSION_ALIGN, "ALIGN"},
	{WORD_VERSION, SB_VERSION_DALIGN, "DALIGN"},
	{WORD_VERSION, SB_VERSION_LOGV2, "LOGV2"},
	{WORD_VERSION, SB_VERSION_EXTFLG, "EXTFLG"},
	{WORD_VERSION, SB_VERSION_SECTOR, "SECTOR"},
	{WORD_VERSION, SB_VERSION_MOREBITS, "MOREBITS"},
	{WORD_FEATURES2, SB_FEATURES2_ATTR2, "ATTR2"},
	{WORD_FEATURES2, SB_FEATURES2_LAZYSBCOUNT, "LAZYSBCOUNT"},
	{WORD_FEATURES2, SB_FEATURES2_PROJID32, "PROJID32BIT"},
	{WORD_FEATURES2, SB_FEATURES2_CRC, "CRC"},
	{WORD_INCOMPAT, SB_INCOMPAT_FTYPE, "FTYPE"},
	{WORD_RO_COMPAT, SB_RO_COMPAT_FINOBT, "FINOBT"},
	{WORD_INCOMPAT, SB_INCOMPAT_SPINODES, "SPARSE_INODES"},
	{WORD_INCOMPAT, SB_INCOMPAT_META_UUID, "META_UUID"},
	{WORD_RO_COMPAT, SB_RO_COMPAT_RMAPBT, "RMAPBT"},
	{WORD_RO_COMPAT, SB_RO_COMPAT_REFLINK, "REFLINK"},
	{WORD_RO_COMPAT, SB_RO_COMPAT_INOBTCNT, "INOBTCNT"},
	{WORD_INCOMPAT, SB_INCOMPAT_BIGTIME, "BIGTIME"},
	{WORD_INCOMPAT, SB_INCOMPAT_NEEDSREPAIR, "NEEDSREPAIR"},
	{WORD_INCOMPAT, SB_INCOMPAT_NREXT64, "NREXT64"},
	{WORD_INCOMPAT, SB_INCOMPAT_EXCHRANGE, "EXCHANGE"},
	{WORD_INCOMPAT, SB_INCOMPAT_PARENT, "PARENT"},
};

static int version_run(struct session *session, int argc, char **argv)
{
	const struct disk_sb *sb = &session->fs->sb;
	const uint32_t words[] = {
		[WORD_VERSION] = be16_get(sb->versionnum),
		[WORD_FEATURES2] = be32_get(sb->features2),
		[WORD_RO_COMPAT] = be32_get(sb->features_ro_compat),
		[WORD_INCOMPAT] = be32_get(sb->features_incompat),
	};

	(void)argv;
	if (argc > 1)
		return refuse_writing(session);
	session_say(session, "versionnum [%#" PRIx32 "+%#" PRIx32 "] = V%" PRIu32, words[WORD_VERSION],
		    words[WORD_FEATURES2], words[WORD_VERSION] & SB_VERSION_MASK);
	for (size_t i = 0; i < sizeof(features) / sizeof(features[0]); i++)
		if (words[features[i].word] & features[i].bit)
			session_say(session, ",%s", features[i].name);
	session_say(session, "\n");
	return COMMAND_DONE;
}

static int info_run(struct session *session, int argc, char **argv)
{
	const struct disk_sb *sb = &session->fs->sb;
	const struct newfs_layout layout = {
		.geo = session->fs->geo,
		.stripe_unit_blocks = be32_get(sb->unit),
		.stripe_width_blocks = be32_get(sb->width),
		.log_unit_bytes = be32_get(sb->logsunit),
		.log_sector_bytes = be16_get(sb->logsectsize),
		.max_inode_percent = sb->imax_pct,
	};
	struct error err;
	int rc;

	(void)argc, (void)argv;
	rc = report_newfs_text(&layout, device_path(session->device), session->out, &err);
	return rc == 0 ? COMMAND_DONE : session_complain(session, &err);
}

const struct command label_command = {
	.name = "label",
	.args_max = 1,
	.summary = "print FS label",
	.run = label_run,
};

const struct command uuid_command = {
	.name = "uuid",
	.args_max = 1,
	.summary = "print FS uuid",
	.help = " Prints the UUID that the file system has for the outside. Metadata can carry another one: meta_uuid "
		"of sb.\n",
	.run = uuid_run,
};

const struct command version_command = {
	.name = "version",
	.args_max = 2,
	.summary = "print the version and the features",
	.run = version_run,
};

const struct command info_command = {
	.name = "info",
	.summary = "pretty-print superblock info",
	.help = " Prints the geometry in the lines of mkfs.xfs and xfs_info.\n",
	.run = info_run,
};
