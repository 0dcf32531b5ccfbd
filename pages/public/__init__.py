"""What strangers meet: routes and templates without Streamlit."""
