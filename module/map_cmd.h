/* SPDX-License-Identifier: GPL-2.0-only */
/* The commands on a map's elements, and MAP_FREEZE; see module/command.h. */
#ifndef MODBPF_MODULE_MAP_CMD_H
#define MODBPF_MODULE_MAP_CMD_H

#include "module/command.h"

int map_lookup_command(const struct caller *caller, const union modbpf_attr *attr,
		       const struct command_out *out);
int map_update_command(const struct caller *caller, const union modbpf_attr *attr,
		       const struct command_out *out);
int map_delete_command(const struct caller *caller, const union modbpf_attr *attr,
		       const struct command_out *out);
/* MAP_LOOKUP_AND_DELETE_ELEM. */
int map_take_command(const struct caller *caller, const union modbpf_attr *attr,
		     const struct command_out *out);
int map_next_key_command(const struct caller *caller, const union modbpf_attr *attr,
			 const struct command_out *out);
int map_freeze_command(const struct caller *caller, const union modbpf_attr *attr,
		       const struct command_out *out);

#endif
