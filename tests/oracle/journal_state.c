/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* journal_state IMAGE: the state of the journal in the words of xfs_logprint. */
#include <stdio.h>
#include <stdlib.h>

#include "fs/journal.h"

int main(int argc, char **argv)
{
	static const char *const words[] = {
		[JOURNAL_CLEAN] = "<CLEAN>", [JOURNAL_DIRTY] = "<DIRTY>", [JOURNAL_DAMAGED] = "<DAMAGED>"};
	struct journal_state state;
	struct device *device = NULL;
	struct fs *fs = NULL;
	struct error err = {0};
	int rc;

	if (argc != 2) {
		fprintf(stderr, "usage: journal_state IMAGE\n");
		return EXIT_FAILURE;
	}
	rc = device_open(argv[1], 0, &device, &err);
	if (rc == 0)
		rc = fs_open(device, &fs, &err);
	if (rc == 0)
		rc = journal_inspect(fs, &state, &err);
	if (rc == 0) {
		printf("tail: %u head: %u state: %s\n", state.tail_block, state.head_block, words[state.condition]);
		if (state.condition == JOURNAL_DAMAGED)
			printf("%s\n", state.why.text);
	} else {
		fprintf(stderr, "%s: %s\n", argv[1], err.text);
	}
	if (fs)
		fs_close(fs);
	if (device)
		device_close(device);
	return rc == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
