# Answers of lme4 to the data sets in this directory. Run here: Rscript answers.R
# Writes answers.json.
suppressMessages(library(lme4))

tight <- lmerControl(
  optimizer = "bobyqa", optCtrl = list(rhoend = 1e-12, maxfun = 1e6),
  check.conv.singular = "ignore", calc.derivs = FALSE
)
two <- score ~ 1 + (1 | submission) + (1 | judge)
three <- score ~ 1 + (1 | submission) + (1 | judge) + (1 | criterion) +
  (1 | submission:judge) + (1 | submission:criterion) + (1 | judge:criterion)

number <- function(x) formatC(x, digits = 12, format = "g")
object <- function(names, values) paste0("{", paste0('"', names, '": ', values, collapse = ", "), "}")

fitted_answers <- function(file, formula, ends = FALSE) {
  data <- read.csv(file, colClasses = c(submission = "character", judge = "character"))
  fit <- lmer(formula, data, REML = TRUE, control = tight)
  components <- as.data.frame(VarCorr(fit))
  parts <- c(
    number(fixef(fit)[1]), number(components$vcov)
  )
  names <- c("mean", ifelse(components$grp == "Residual", "residual", components$grp))
  result <- object(names, parts)
  if (ends) {
    blup <- ranef(fit)
    entries <- blup$submission
    result <- sub("}$", paste0(
      ', "blup": ', object(rownames(entries), number(entries[, 1])),
      ', "deviance": ', number(REMLcrit(fit)), "}"
    ), result)
  }
  result
}

answers <- c(
  version = paste0('"', as.character(packageVersion("lme4")), '"'),
  two_facets = fitted_answers("two_facets.csv", two, TRUE),
  boundary = fitted_answers("boundary.csv", two, TRUE),
  three_facets = fitted_answers("three_facets.csv", three),
  missing_cells = fitted_answers("missing_cells.csv", three)
)
cat("{\n", paste0('  "', names(answers), '": ', answers, collapse = ",\n"), "\n}\n", sep = "", file = "answers.json")
