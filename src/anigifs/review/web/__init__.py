"""The pages, and the requests behind them."""
