/* SPDX-License-Identifier: LGPL-2.1 OR BSD-2-Clause */
/* Which event does a perf_event link hang on? The fields are bpftool's. */
#ifndef MODBPF_USER_LINK_EVENT_H
#define MODBPF_USER_LINK_EVENT_H

#include <json-c/json.h>

struct modbpf_link_info;

/* What @info, of a perf_event link, says of its event. @name: of the function, file or tracepoint. */
void link_event_print(const struct modbpf_link_info *info, const char *name);
void link_event_json(struct json_object *object, const struct modbpf_link_info *info,
		     const char *name);

#endif
