/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* fsck.xfsdax: check a file system that is not mounted. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "check/fsck.h"
#include "report/words.h"

#define EXIT_OPERATIONAL 8
#define EXIT_USAGE	 16

static void print_finding(const struct finding *finding)
{
	const struct finding_kind *kind = &finding_kinds[finding->code];
	const struct place *at = &finding->at;

	printf("%s %s: %s", finding_severity_names[kind->severity], kind->name, kind->sentence);
	if (at->in_group)
		printf("; group %u", at->agno);
	if (at->in_block)
		printf(" block %u+%u", at->agbno, at->len_blocks);
	if (at->in_inode)
		printf("; inode %llu", (unsigned long long)at->ino);
	if (at->in_fork)
		printf(" %s fork", at->fork == FORK_DATA ? "data" : "attribute");
	if (at->has_fileoff)
		printf(" at %llu", (unsigned long long)at->fileoff);
	if (finding->other_ino)
		printf("; other inode %llu", (unsigned long long)finding->other_ino);
	if (finding->name_len)
		printf("; name %.*s", finding->name_len, (const char *)finding->name);
	if (finding->field)
		printf("; %s", finding->field);
	if (finding->has_expected)
		printf(" expected %llu", (unsigned long long)finding->expected);
	if (finding->has_found)
		printf(" found %llu", (unsigned long long)finding->found);
	if (finding->count)
		printf("; %llu of them", (unsigned long long)finding->count);
	if (finding->has_id)
		printf("; id %u", finding->id);
	if (finding->why.code)
		printf("; %s", finding->why.text);
	printf("%s\n", finding->follows ? "; follows" : "");
}

static int check(const struct fs *fs, struct error *err)
{
	struct fsck_options options = {0};
	struct fsck_result result = {0};
	struct pool *pool;
	int rc, status = 0;

	if (getrandom(options.secret.bytes, sizeof(options.secret.bytes), 0) != (ssize_t)sizeof(options.secret.bytes))
		return error_set(err, ERR_IO, "cannot draw random numbers");
	rc = pool_open(pool_processors(), &pool, err);
	if (rc != 0)
		return rc;
	rc = fsck_run(fs, pool, &options, &result, err);
	for (size_t i = 0; i < result.findings.count; i++)
		print_finding(&result.findings.items[i]);
	if (rc == 0 && findings_wrong(&result.findings) > 0)
		status = 4;
	fsck_result_fini(&result);
	pool_close(pool);
	return rc == 0 ? status : rc;
}

int main(int argc, char **argv)
{
	struct device *device = NULL;
	struct fs *fs = NULL;
	struct error err = {0};
	int rc;

	if (argc < 2)
		return EXIT_USAGE;
	rc = device_open(argv[argc - 1], 0, &device, &err);
	if (rc == 0)
		rc = fs_open(device, &fs, &err);
	if (rc == 0)
		rc = check(fs, &err);
	if (rc < 0) {
		fputs("fsck.xfsdax: ", stderr);
		error_sentence(stderr, &err);
		fputc('\n', stderr);
	}
	fs_close(fs);
	device_close(device);
	return rc < 0 ? EXIT_OPERATIONAL : rc;
}
