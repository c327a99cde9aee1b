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

	if (argc != 2) {
		fprintf(stderr, "usage: journal_state IMAGE\n");
		return EXIT_FAILURE;
	}
	if (device_open(argv[1], 0, &device, &err) != 0 || fs_open(device, &fs, &err) != 0 ||
	    journal_inspect(fs, &state, &err) != 0) {
		fprintf(stderr, "%s: %s\n", argv[1], err.text);
		return EXIT_FAILURE;
	}
	printf("tail: %u head: %u state: %s\n", state.tail_block, state.head_block, words[state.condition]);
	if (state.condition == JOURNAL_DAMAGED)
		printf("%s\n", state.why.text);
	fs_close(fs);
	device_close(device);
	return EXIT_SUCCESS;
}
