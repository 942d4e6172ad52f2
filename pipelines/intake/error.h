// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Why a tuner, far or near, gives nothing: the codes that sentences for people are made of. The
// message of such an error is a detail for technicians, as the server or the system put it.
#pragma once

#include <glib.h>

#define INTAKE_ERROR (intake_error_quark())

typedef enum {
    INTAKE_ERROR_UNREACHABLE, // no such machine, or nobody listens there
    INTAKE_ERROR_SILENT,      // connected, and no answer or no stream in time
    INTAKE_ERROR_BUSY,        // no tuner, session or PID filter is free
    INTAKE_ERROR_REFUSED,     // what should be tuned is not understood or not allowed
    INTAKE_ERROR_MISSING,     // no such stream, card or frontend
    INTAKE_ERROR_PROTOCOL,    // answers that make no sense
    INTAKE_ERROR_GONE,        // the session or the connection ended
    INTAKE_ERROR_TRANSPORT,   // the way of sending is not offered
} IntakeError;

GQuark intake_error_quark(void);
