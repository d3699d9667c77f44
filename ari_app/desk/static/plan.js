// The page of the plan: draws its charts.
import { charts } from "./chart.js";

charts();
