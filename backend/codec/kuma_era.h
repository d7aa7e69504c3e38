// The eras belong to core; the name here is what codec and validation have always included.
#pragma once

#include "backend/core/kuma_era.h"
