// SPDX-License-Identifier: LGPL-2.1 OR BSD-2-Clause
/* What does /proc/self/fdinfo tell of a map, a program or a link? */
#include "user/fdinfo.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

uint64_t fdinfo_number(int fd, const char *key)
{
	uint64_t number = 0;
	char path[64], line[256];
	size_t len = strlen(key);
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	file = fopen(path, "re");
	while (file && fgets(line, sizeof(line), file)) {
		if (strncmp(line, key, len) || line[len] != ':')
			continue;
		number = strtoull(line + len + 1, NULL, 0);
		break;
	}
	if (file)
		fclose(file);
	return number;
}
