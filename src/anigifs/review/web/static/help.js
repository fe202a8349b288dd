// The help page gets its table of keys from where the keys are.

import { need } from "./dom.js";
import { keyTable } from "./keys.js";

need("keys").append(keyTable());
