// SPDX-License-Identifier: MIT
/** `conc class DEMO`: a class votes, talks, votes again, and sees the run. */

#ifndef CONC_CLASSROOM_CLASS_CLASS_H
#define CONC_CLASSROOM_CLASS_CLASS_H

#include "cli/tool.h"

extern const struct tool class_tool;

#endif
